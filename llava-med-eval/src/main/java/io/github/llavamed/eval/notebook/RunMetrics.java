package io.github.llavamed.eval.notebook;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.eval.internal.python.PythonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The figures of one scored run, read back from a result file. Immutable.
 *
 * @param key path of the answers file without its first five parts
 * @param metrics percent by row name, in the order of the table
 */
public record RunMetrics(String key, Map<String, Double> metrics) {
  private static final List<String> NAMES =
      List.of(
          "exact match score",
          "f1 score",
          "precision",
          "recall",
          "open accuracy",
          "yes/no accuracy");

  private static final int DROPPED_PARTS = 5;

  /** Copies the map, keeping its order. */
  public RunMetrics {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
  }

  /**
   * Reads the runs on one data set; of runs with equal keys the last one stays, in the place of the
   * first.
   *
   * @param file result file of a batch evaluation
   * @throws EvaluationException if a line lacks a field or a table row has no number
   */
  public static List<RunMetrics> read(Path file, String dataset, EvaluationOptions options)
      throws IOException {
    Map<String, RunMetrics> runs = new LinkedHashMap<>();
    for (JsonFiles.Line line : new JsonFiles(options).lines(file)) {
      if (JsonFields.text(line.value(), "dataset", line.where()).equals(dataset)) {
        RunMetrics run = of(line);
        runs.put(run.key(), run);
      }
    }
    return new ArrayList<>(runs.values());
  }

  private static RunMetrics of(JsonFiles.Line line) {
    List<String> parts =
        PythonText.split(JsonFields.text(line.value(), "pred_file", line.where()), '/');
    String key =
        String.join("/", parts.subList(Math.min(DROPPED_PARTS, parts.size()), parts.size()));
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (String row :
        PythonText.split(JsonFields.text(line.value(), "results", line.where()), '\n')) {
      String text = PythonText.strip(row);
      int blank = text.lastIndexOf(' ');
      String name = blank < 0 ? "" : PythonText.strip(text.substring(0, blank));
      if (NAMES.contains(name)) {
        String number = text.substring(blank + 1);
        metrics.put(
            name,
            PythonNumbers.parse(number)
                .orElseThrow(
                    () ->
                        new EvaluationException(
                            line.where()
                                + ", results, row "
                                + name
                                + ": expected a number, found '"
                                + number
                                + "'")));
      }
    }
    return new RunMetrics(key, metrics);
  }

  /** Returns a metric in percent. */
  double require(String name) {
    Double value = metrics.get(name);
    if (value == null) {
      throw new EvaluationException(
          "run " + key + ": expected the metric '" + name + "', found " + metrics.keySet(),
          PythonText.quote(name),
          null);
    }
    return value;
  }

  /** Returns the text that the notebook prints for a run, with final line ends. */
  public String text() {
    StringBuilder out = new StringBuilder(key).append("\n{");
    metrics.forEach(
        (name, value) ->
            out.append(out.charAt(out.length() - 1) == '{' ? "" : ", ")
                .append(PythonText.quote(name))
                .append(": ")
                .append(PythonNumbers.text(value)));
    return out.append("} \n\n").toString();
  }
}
