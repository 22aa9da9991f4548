package io.github.llavamed.eval.dataset;

import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.dataset.VqaDatasetProvider;
import io.github.llavamed.eval.EvaluationOptions;
import java.io.IOException;
import java.nio.file.Path;

/** Opens {@code {directory}/{split}.json} in the form of the original. */
public final class MedicalVqaDatasetProvider implements VqaDatasetProvider {
  @Override
  public String id() {
    return "llava-med-vqa";
  }

  @Override
  public VqaDataset open(Path directory, String split) throws IOException {
    return MedicalVqaDataset.read(directory.resolve(split + ".json"), EvaluationOptions.DEFAULT);
  }
}
