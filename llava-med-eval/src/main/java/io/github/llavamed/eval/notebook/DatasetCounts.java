package io.github.llavamed.eval.notebook;

import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.dataset.MedicalVqaDataset;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;

/**
 * Images and questions of one split. Immutable.
 *
 * @param dataset name of the data set
 * @param split name of the split
 * @param images distinct images
 * @param questions all questions
 * @param open open questions
 * @param closed closed questions
 */
public record DatasetCounts(
    String dataset, String split, int images, int questions, int open, int closed) {
  /** The data sets of the original, in its order. */
  public static final List<String> DATASETS = List.of("data_RAD", "vqa_rad", "Slake1.0", "pvqa");

  private static final List<String> SPLITS = List.of("train", "val", "test");

  /**
   * Counts the splits of the data sets below a folder; splits that do not exist are passed over.
   */
  public static List<DatasetCounts> read(
      Path root, List<String> datasets, EvaluationOptions options) throws IOException {
    List<DatasetCounts> counts = new ArrayList<>();
    for (String dataset : datasets) {
      for (String split : SPLITS) {
        Path file = root.resolve(dataset).resolve(split + ".json");
        if (Files.exists(file)) {
          counts.add(of(MedicalVqaDataset.read(file, options), dataset, split));
        }
      }
    }
    return counts;
  }

  private static DatasetCounts of(VqaDataset data, String dataset, String split) {
    List<VqaSample> samples = data.samples();
    return new DatasetCounts(
        dataset,
        split,
        new HashSet<>(
                samples.stream()
                    .map(sample -> Objects.requireNonNullElse(sample.image(), ""))
                    .toList())
            .size(),
        samples.size(),
        count(samples, "OPEN"),
        count(samples, "CLOSED"));
  }

  private static int count(List<VqaSample> samples, String type) {
    return (int) samples.stream().filter(sample -> sample.answerType().equals(type)).count();
  }

  /** Returns the line that the notebook prints, with line end. */
  public String text() {
    return "%s %s: %d %d %d %d \n".formatted(dataset, split, images, questions, open, closed);
  }
}
