package io.github.llavamed.eval.notebook;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

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
          counts.add(of(new JsonFiles(options).tree(file), file.toString(), dataset, split));
        }
      }
    }
    return counts;
  }

  /** Answers do not matter here; those of training splits may be numbers. */
  private static DatasetCounts of(JsonNode records, String where, String dataset, String split) {
    Set<JsonNode> images = new HashSet<>();
    Map<String, Integer> types = new HashMap<>();
    for (JsonNode item : records) {
      images.add(item.path("image"));
      types.merge(JsonFields.text(item, VqaSample.ANSWER_TYPE, where), 1, Integer::sum);
    }
    return new DatasetCounts(
        dataset,
        split,
        images.size(),
        records.size(),
        types.getOrDefault("OPEN", 0),
        types.getOrDefault("CLOSED", 0));
  }

  /** Returns the line that the notebook prints, with line end. */
  public String text() {
    return "%s %s: %d %d %d %d \n".formatted(dataset, split, images, questions, open, closed);
  }
}
