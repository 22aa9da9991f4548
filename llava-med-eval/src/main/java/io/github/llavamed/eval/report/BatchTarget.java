package io.github.llavamed.eval.report;

import io.github.llavamed.eval.EvaluationException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which files a batch evaluation looks for, and which data sets it tries. Immutable.
 *
 * @param fileEnding ending of the names of answers files
 * @param outputFile name of the result file
 * @param datasets names looked for in the path, in order
 * @param groundTruth name of the question file in the data set's folder
 */
public record BatchTarget(
    String fileEnding, String outputFile, List<String> datasets, String groundTruth) {
  /** The data set whose candidate answers the published VQA-RAD split borrows. */
  private static final Map<String, String> CANDIDATES_OF = Map.of("vqa_rad", "data_RAD");

  /** The target that the original takes when none is named. */
  public static final String DEFAULT = "test-answer-file";

  /** Copies the list. */
  public BatchTarget {
    datasets = List.copyOf(datasets);
  }

  /**
   * Returns a target of the original: {@code test-answer-file}, {@code test_w_options-answer-file},
   * {@code test_zh-answer-file} or {@code test_with_options-answer-file}.
   *
   * @throws EvaluationException if there is none of that name
   */
  public static BatchTarget named(String name) {
    Map<String, BatchTarget> targets =
        new TreeMap<>(
            Map.of(
                DEFAULT,
                new BatchTarget(
                    DEFAULT + ".jsonl",
                    "eval_results_med_datasets.jsonl",
                    List.of("data_RAD", "vqa_rad", "pvqa", "Slake1.0"),
                    "test.json"),
                "test_w_options-answer-file",
                new BatchTarget(
                    "test_w_options-answer-file.jsonl",
                    "eval_results_med_datasets_w_options.jsonl",
                    List.of("data_RAD", "pvqa", "Slake1.0"),
                    "test_w_options.json"),
                "test_zh-answer-file",
                new BatchTarget(
                    "test_zh-answer-file.jsonl",
                    "eval_results_med_datasets_zh.jsonl",
                    List.of("Slake1.0"),
                    "test_zh.json"),
                "test_with_options-answer-file",
                new BatchTarget(
                    "test_with_options-answer-file.jsonl",
                    "eval_results_med_datasets_with_option.jsonl",
                    List.of("data_RAD"),
                    "test.jsonl")));
    BatchTarget target = targets.get(name);
    if (target == null) {
      throw new EvaluationException(
          "target test type: expected one of " + targets.keySet() + ", found '" + name + "'");
    }
    return target;
  }

  /** Returns the target of the PathVQA batch program. */
  public static BatchTarget pathVqa() {
    return new BatchTarget(
        DEFAULT + ".jsonl",
        "eval_results_med_datasets.jsonl",
        List.of("vqa_rad", "pvqa", "Slake1.0"),
        "test.json");
  }

  /** Returns the data set whose candidate answers serve for a data set. */
  static String candidatesOf(String dataset) {
    return CANDIDATES_OF.getOrDefault(dataset, dataset);
  }
}
