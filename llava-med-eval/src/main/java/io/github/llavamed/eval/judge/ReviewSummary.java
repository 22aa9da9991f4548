package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Means of pairwise reviews by category, one file a rival. Immutable.
 *
 * @param rival name of the rival
 * @param groups by category and {@code all}, in order of first appearance
 * @param leftOut failed reviews that were left out
 */
public record ReviewSummary(String rival, List<Group> groups, int leftOut) {
  private static final String PREFIX = "gpt4_text";
  private static final String ALL = "all";

  /** Copies the list. */
  public ReviewSummary {
    groups = List.copyOf(groups);
  }

  /**
   * The means of one category. Immutable.
   *
   * @param category name
   * @param first mean of the first scores, rounded to 3 decimals
   * @param second mean of the second scores, rounded to 3 decimals
   * @param relative second ÷ first of the rounded means, in percent, rounded to 1 decimal
   */
  public record Group(String category, double first, double second, double relative) {}

  /**
   * Summarises the files {@code gpt4_text….jsonl} of a folder, in name order.
   *
   * @throws EvaluationException if a line lacks a field or a first mean is 0
   */
  public static List<ReviewSummary> read(Path folder, EvaluationOptions options)
      throws IOException {
    List<Path> files;
    try (Stream<Path> entries = Files.list(folder)) {
      files = entries.filter(entry -> isReview(entry.getFileName().toString())).sorted().toList();
    }
    List<ReviewSummary> summaries = new ArrayList<>();
    for (Path file : files) {
      String rival = file.getFileName().toString().replace(PREFIX + "_", "").replace(".jsonl", "");
      summaries.add(of(rival, new JsonFiles(options).lines(file), options));
    }
    return summaries;
  }

  private static boolean isReview(String name) {
    return name.startsWith(PREFIX) && name.endsWith(".jsonl");
  }

  private static ReviewSummary of(
      String rival, List<JsonFiles.Line> lines, EvaluationOptions options) {
    boolean keepFailed = options.quirks().keeps(EvaluationQuirk.FAILED_REVIEWS_COUNT);
    Map<String, List<double[]>> members = new LinkedHashMap<>();
    int leftOut = 0;
    for (JsonFiles.Line line : lines) {
      double[] scores = scores(line);
      if (!keepFailed && scores[0] == -1 && scores[1] == -1) {
        leftOut++;
        continue;
      }
      JsonNode category = JsonFields.require(line.value(), "category", line.where());
      for (String name : List.of(PythonJson.pythonText(category), ALL)) {
        members.computeIfAbsent(name, key -> new ArrayList<>()).add(scores);
      }
    }
    List<Group> groups = new ArrayList<>();
    members.forEach((category, scores) -> groups.add(group(category, scores)));
    return new ReviewSummary(rival, groups, leftOut);
  }

  private static double[] scores(JsonFiles.Line line) {
    JsonNode tuple = JsonFields.require(line.value(), "tuple", line.where());
    if (tuple.size() != 2 || !tuple.get(0).isNumber() || !tuple.get(1).isNumber()) {
      throw new EvaluationException(
          line.where()
              + ": expected two numbers under the key 'tuple', found "
              + PythonJson.line(tuple));
    }
    return new double[] {tuple.get(0).doubleValue(), tuple.get(1).doubleValue()};
  }

  private static Group group(String category, List<double[]> scores) {
    double first = 0;
    double second = 0;
    for (double[] pair : scores) {
      first += pair[0];
      second += pair[1];
    }
    first = PythonNumbers.round(first / scores.size(), 3);
    second = PythonNumbers.round(second / scores.size(), 3);
    if (first == 0) {
      throw new EvaluationException(
          "review summary, category " + category + ": expected a first mean other than 0, found 0",
          "float division by zero",
          null);
    }
    return new Group(category, first, second, PythonNumbers.round(second / first * 100, 1));
  }

  /** Returns the text that the original prints for one file, with final line end. */
  public String text() {
    StringBuilder out = new StringBuilder("GPT-4 vs. ").append(rival).append('\n');
    for (Group group : groups) {
      out.append(group.category()).append(" [");
      out.append(PythonNumbers.text(group.first())).append(", ");
      out.append(PythonNumbers.text(group.second())).append("] ");
      out.append(PythonNumbers.text(group.relative())).append('\n');
    }
    if (leftOut > 0) {
      out.append("failed reviews left out: ").append(leftOut).append('\n');
    }
    return out.append("=".repeat(33)).append('\n').toString();
  }
}
