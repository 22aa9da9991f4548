package io.github.llavamed.eval.report;

import io.github.llavamed.eval.internal.page.Block;
import io.github.llavamed.eval.judge.ChatSummary;
import io.github.llavamed.metric.ScoreReport;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Own figures above the published ones. */
final class PublishedSections {
  private PublishedSections() {}

  /** Nothing for a data set without published figures. */
  static List<Block> vqa(List<ReportedRun> runs) {
    Optional<PublishedResults.Benchmark> benchmark =
        PublishedResults.Benchmark.of(runs.get(0).report().provenance().dataset());
    if (benchmark.isEmpty()) {
      return List.of();
    }
    List<List<String>> rows = new ArrayList<>();
    for (ReportedRun run : runs) {
      ScoreReport report = run.report();
      rows.add(
          List.of(
              "this report: " + run.name(),
              "–",
              ScoreSections.cell(report.score("recall")),
              ScoreSections.cell(report.score("closed_accuracy"))));
    }
    for (PublishedResults.VqaRow row : PublishedResults.vqa(benchmark.get())) {
      rows.add(List.of(row.method(), cell(row.reference()), cell(row.open()), cell(row.closed())));
    }
    return List.of(
        new Block.Heading(2, "Published figures on " + benchmark.get().title()),
        new Block.Paragraph(
            "Open is the recall of the reference's words in free answers, closed the share of"
                + " closed questions whose answer holds the reference, both under the protocol"
                + " llava-med-v1. Reference is accuracy of classification as other papers report"
                + " it, and cannot be compared with open. The published runs drew tokens without a"
                + " seed."),
        new Block.Table(List.of("Method", "Reference, %", "Open, %", "Closed, %"), rows));
  }

  static List<Block> chat(ChatSummary summary) {
    List<String> header = new ArrayList<>(List.of("Model"));
    List<String> own = new ArrayList<>(List.of("this report"));
    for (String column : PublishedResults.chatColumns()) {
      header.add(column.replace('_', ' '));
      // v1.0 calls the group of all questions otherwise.
      String name = column.equals("overall") ? summary.version().overall() : column;
      own.add(
          summary.groups().stream()
              .filter(group -> name.equals(group.name()))
              .findFirst()
              .map(group -> ScoreSections.percent(group.relative()) + " (" + group.size() + ")")
              .orElse("–"));
    }
    List<List<String>> rows = new ArrayList<>(List.of(own));
    for (PublishedResults.ChatRow row : PublishedResults.chat()) {
      List<String> cells = new ArrayList<>(List.of(row.model()));
      row.scores().forEach(score -> cells.add(cell(score)));
      rows.add(cells);
    }
    return List.of(
        new Block.Heading(2, "Chat benchmark"),
        new Block.Paragraph(
            "Scores of the judge relative to those of text-only GPT-4, in percent: the mean of the"
                + " ratios, with the number of questions."),
        new Block.Table(header, rows));
  }

  private static String cell(@Nullable Double percent) {
    return percent == null ? "–" : ScoreSections.percent(percent);
  }
}
