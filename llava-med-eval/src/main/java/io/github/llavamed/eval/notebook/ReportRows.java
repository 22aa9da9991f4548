package io.github.llavamed.eval.notebook;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.eval.internal.python.PythonText;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Makes the rows of the published table out of many runs. Thread-safe. */
public final class ReportRows {
  private ReportRows() {}

  /**
   * Returns pattern and row for every pattern: recall and yes/no accuracy of each matching run, in
   * the order of data sets and runs, then their mean.
   *
   * @param patterns part of the keys; with {@code *}, the part before it and the part after it
   *     followed by the answers file
   * @param datasets runs of each data set, in the order of the columns
   * @throws EvaluationException if nothing matches a pattern
   */
  public static String text(List<String> patterns, List<List<RunMetrics>> datasets) {
    StringBuilder out = new StringBuilder();
    for (String pattern : patterns) {
      List<Double> row = row(pattern, datasets);
      out.append(pattern).append('\n');
      double sum = 0;
      for (double value : row) {
        out.append(PythonNumbers.fixed(value, 2)).append(" & ");
        sum += value;
      }
      out.append(PythonNumbers.fixed(sum / row.size(), 2)).append(" \n");
    }
    return out.toString();
  }

  /** Returns the values of one row, without their mean. */
  public static List<Double> row(String pattern, List<List<RunMetrics>> datasets) {
    List<Double> row = new ArrayList<>();
    for (List<RunMetrics> runs : datasets) {
      for (RunMetrics run : runs) {
        if (matches(run.key(), pattern)) {
          row.add(run.require("recall"));
          row.add(run.require("yes/no accuracy"));
        }
      }
    }
    if (row.isEmpty()) {
      throw new EvaluationException(
          "report row: expected a run that matches '" + pattern + "', found none",
          "division by zero",
          null);
    }
    return row;
  }

  private static boolean matches(String key, String pattern) {
    int star = pattern.indexOf('*');
    if (star < 0) {
      return key.contains(pattern);
    }
    return key.contains(pattern.substring(0, star))
        && key.contains(pattern.substring(star + 1) + "/test-answer-file");
  }

  /**
   * Returns the checkpoints that were evaluated on the first data set but not on the second.
   *
   * @param word what the folder of the results contains, for example {@code
   *     zero-shot-on-fixed-data}
   */
  public static Set<String> missing(List<String> firstKeys, List<String> secondKeys, String word) {
    Set<String> missing = checkpoints(firstKeys, word);
    missing.removeAll(checkpoints(secondKeys, word));
    return missing;
  }

  private static Set<String> checkpoints(List<String> keys, String word) {
    Set<String> parents = new LinkedHashSet<>();
    for (String key : keys) {
      List<String> parts = PythonText.split(key, '/');
      String folder = String.join("/", parts.subList(0, Math.max(0, parts.size() - 2)));
      if (folder.contains(word)) {
        parents.add(folder.substring(0, Math.max(0, folder.lastIndexOf('/'))));
      }
    }
    return parents;
  }
}
