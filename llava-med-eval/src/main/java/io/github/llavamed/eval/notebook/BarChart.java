package io.github.llavamed.eval.notebook;

import io.github.llavamed.eval.internal.python.PythonNumbers;
import java.util.List;

/**
 * A stacked bar chart as data, for any chart library. Immutable.
 *
 * @param fileName name of the original's file
 * @param yLabel label of the value axis
 * @param logarithmic whether the value axis is logarithmic
 * @param categories names below the bars
 * @param series parts of the bars, from below
 */
public record BarChart(
    String fileName,
    String yLabel,
    boolean logarithmic,
    List<String> categories,
    List<Series> series) {
  /** Copies the lists. */
  public BarChart {
    categories = List.copyOf(categories);
    series = List.copyOf(series);
  }

  /**
   * One part of every bar. Immutable.
   *
   * @param name legend
   * @param color name of the colour
   * @param values one a category
   * @param labels one a category; empty where nothing is written
   */
  public record Series(String name, String color, List<Double> values, List<String> labels) {
    /** Copies the lists. */
    public Series {
      values = List.copyOf(values);
      labels = List.copyOf(labels);
    }
  }

  /** Returns the amounts of training data of five models, in millions of samples. */
  public static BarChart trainingAmounts() {
    List<Double> instructions = List.of(0.0, 0.0, 0.158, 0.0035, (102 + 90 + 50 + 158) / 1000.0);
    List<Double> pairs = List.of(129.0, 15.0, 0.595, 5.0, 1112.0);
    return new BarChart(
        "barchart_training_data.pdf",
        "# Training samples (Millions)",
        true,
        List.of("BLIP2", "OpenFlamingo", "LLaVA", "MiniGPT4", "mPLUG-Owl"),
        List.of(
            new Series(
                "Instruction-following data",
                "orange",
                instructions,
                instructions.stream()
                    .map(v -> v == 0 ? "" : PythonNumbers.text(1000 * v) + "K")
                    .toList()),
            new Series(
                "Image-text pairs",
                "skyblue",
                pairs,
                pairs.stream().map(v -> PythonNumbers.text(v) + "M").toList())));
  }

  /**
   * Returns the published images and question pairs of the instruction data by domain, under the
   * intended names: the original's labels are shifted.
   */
  public static BarChart instructionDomains() {
    return instructionDomains(
        List.of(8060.0, 16539.0, 17030.0, 2552.0, 17358.0),
        List.of(22839.0, 47867.0, 49504.0, 7323.0, 50583.0));
  }

  /** Returns the same chart of counted data. */
  public static BarChart instructionDomains(DomainCounts counts) {
    return instructionDomains(
        counts.domains().stream().map(count -> (double) count.conversations()).toList(),
        counts.domains().stream().map(count -> (double) count.pairs()).toList());
  }

  private static BarChart instructionDomains(List<Double> conversations, List<Double> pairs) {
    return new BarChart(
        "barchart_instruc_data_inline_mentions.pdf",
        "# Instances",
        false,
        DomainCounts.TITLES,
        List.of(
            new Series("# Images / Conversation", "orange", conversations, List.of()),
            new Series("# QA Pairs / Turns", "skyblue", pairs, List.of())));
  }
}
