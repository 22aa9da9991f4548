package io.github.llavamed.eval.dataset;

import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.VqaJson;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.text.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A medical VQA data set in the form of the original: VQA-RAD, SLAKE, PathVQA.
 *
 * @param name name of the folder
 * @param samples questions in file order
 * @param sha256 hash of the file
 */
public record MedicalVqaDataset(String name, List<VqaSample> samples, String sha256)
    implements VqaDataset {
  /** Copies the list. */
  public MedicalVqaDataset {
    samples = List.copyOf(samples);
  }

  /**
   * Reads one JSON array of questions; the folder's name becomes the data set's.
   *
   * @throws io.github.llavamed.eval.EvaluationException if the file has another shape
   */
  public static MedicalVqaDataset read(Path file, EvaluationOptions options) throws IOException {
    Path folder = file.toAbsolutePath().normalize().getParent();
    Path name = folder == null ? null : folder.getFileName();
    return new MedicalVqaDataset(
        name == null ? file.toString() : name.toString(),
        VqaJson.samples(new JsonFiles(options).tree(file), file.toString()),
        Sha256.of(file));
  }
}
