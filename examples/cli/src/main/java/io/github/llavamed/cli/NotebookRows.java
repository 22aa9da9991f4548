package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.notebook.BarChart;
import io.github.llavamed.eval.notebook.DatasetCounts;
import io.github.llavamed.eval.notebook.DomainCounts;
import io.github.llavamed.eval.notebook.InstructionTexts;
import io.github.llavamed.eval.notebook.ReportRows;
import io.github.llavamed.eval.notebook.RunMetrics;
import io.github.llavamed.eval.notebook.VerbNounTable;
import io.github.llavamed.eval.report.RunReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options of a report that repeat the original's notebook, and its texts. */
final class NotebookRows {
  @Option(
      names = "--results",
      paramLabel = "FILE",
      description = "A result file of run-eval-batch; its runs are printed.")
  private @Nullable Path results;

  @Option(
      names = "--pattern",
      paramLabel = "TEXT",
      description =
          "A row of runs whose path holds this; with *, the part before it and the part after it"
              + " with the answers file. May be given several times.")
  private List<String> patterns = new ArrayList<>();

  @Option(
      names = "--datasets",
      split = ",",
      paramLabel = "NAME",
      description = "Data sets in the order of a row; default: ${DEFAULT-VALUE}.")
  private List<String> datasets = new ArrayList<>(List.of("data_RAD", "Slake1.0", "pvqa"));

  @Option(
      names = "--dataset-root",
      paramLabel = "DIR",
      description = "Count the images and questions of the data sets in this folder.")
  private @Nullable Path datasetRoot;

  @Option(
      names = "--instruction-data",
      paramLabel = "FILE",
      description =
          "Count the instructions, responses and domains of instruction data, a JSON array.")
  private @Nullable Path instructionData;

  @Option(
      names = "--verb-noun",
      paramLabel = "FILE",
      description = "Count the verbs and nouns of a CSV file with the columns verb, noun, seq.")
  private @Nullable Path verbNoun;

  @Option(
      names = "--threshold",
      paramLabel = "N",
      description =
          "Pairs of verb and noun that occur more often are shown; default: ${DEFAULT-VALUE}.")
  private int threshold = 10;

  @Option(
      names = "--charts",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description =
          "Draw the notebook's bar charts: training data of five models, instruction data by"
              + " domain, both as published.")
  private boolean charts;

  boolean isGiven() {
    return results != null
        || datasetRoot != null
        || instructionData != null
        || verbNoun != null
        || charts;
  }

  /** Prints what the notebook prints, and puts it into the report. */
  void print(RunReport.Builder report, PrintWriter out) throws IOException {
    EvaluationOptions options = EvaluationOptions.DEFAULT;
    if (datasetRoot != null) {
      StringBuilder counts = new StringBuilder();
      DatasetCounts.read(UserPath.of(datasetRoot), DatasetCounts.DATASETS, options)
          .forEach(count -> counts.append(count.text()));
      add("Data sets: images, questions, open, closed", counts.toString(), report, out);
    }
    if (instructionData != null) {
      countInstructions(instructionData, report, out);
    }
    if (verbNoun != null) {
      String pairs = VerbNounTable.read(verbNoun, options).text(threshold);
      add("Verbs and nouns of instructions: distinct pairs, frequent pairs", pairs, report, out);
    }
    if (charts) {
      report.chart("Instruction data by domain, as published", BarChart.instructionDomains());
      report.chart("Training data, as published", BarChart.trainingAmounts());
    }
    if (results == null) {
      return;
    }
    List<List<RunMetrics>> runs = new ArrayList<>();
    for (String dataset : datasets) {
      runs.add(RunMetrics.read(results, dataset, options));
    }
    if (patterns.isEmpty()) {
      StringBuilder all = new StringBuilder();
      runs.forEach(of -> of.forEach(run -> all.append(run.text())));
      add("Runs", all.toString(), report, out);
    } else {
      add(
          "Rows: open and closed of each data set, mean",
          ReportRows.text(patterns, runs),
          report,
          out);
    }
  }

  private static void countInstructions(Path file, RunReport.Builder report, PrintWriter out)
      throws IOException {
    EvaluationOptions options = EvaluationOptions.DEFAULT;
    String name = String.valueOf(file.getFileName());
    DomainCounts counts = DomainCounts.read(file, options);
    add(
        "Instruction data: instructions | responses; domains, their conversations and pairs",
        InstructionTexts.read(file, options).text(name) + counts.text(),
        report,
        out);
    report.chart("Instruction data by domain: " + name, BarChart.instructionDomains(counts));
  }

  private static void add(String heading, String text, RunReport.Builder report, PrintWriter out) {
    out.print(text);
    report.lines(heading, text);
  }
}
