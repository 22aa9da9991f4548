package io.github.llavamed.eval.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.internal.data.ProvenanceJson;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.metric.ConfidenceInterval;
import io.github.llavamed.metric.GroupScores;
import io.github.llavamed.metric.MetricScore;
import io.github.llavamed.metric.ScoreReport;
import java.util.ArrayList;
import java.util.List;

/** Prints score reports as tables and JSON. Thread-safe. */
public final class ReportText {
  private ReportText() {}

  /** Returns the original's table of the scores in percent, without final line end. */
  public static String table(ScoreReport report) {
    return ResultTable.of(
        report.scores().stream().map(MetricScore::label).toList(),
        report.scores().stream().map(MetricScore::percent).toList());
  }

  /**
   * Returns one JSON object on one line: {@code dataset}, {@code protocol}, {@code num_open},
   * {@code num_closed}, then every score by its key, in percent, unrounded, and the {@code
   * provenance}.
   */
  public static String summaryJson(ScoreReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("dataset", report.provenance().dataset());
    json.put("protocol", report.provenance().protocol());
    json.put("num_open", report.openQuestions());
    json.put("num_closed", report.closedQuestions());
    report.scores().forEach(score -> json.put(score.key(), score.percent()));
    json.set("provenance", ProvenanceJson.tree(report.provenance()));
    return PythonJson.line(json);
  }

  /** Returns the whole report as indented JSON: provenance, scores with intervals, groups. */
  public static String fullJson(ScoreReport report) {
    ObjectNode json = ProvenanceJson.tree(report.provenance());
    json.put("num_open", report.openQuestions());
    json.put("num_closed", report.closedQuestions());
    putScores(json.putObject("scores"), report.scores());
    var groups = json.putArray("groups");
    for (GroupScores group : report.groups()) {
      ObjectNode item = groups.addObject();
      item.put("attribute", group.attribute());
      item.put("value", group.value());
      item.put("questions", group.questions());
      putScores(item.putObject("scores"), group.scores());
    }
    return PythonJson.indented(json);
  }

  /**
   * Returns a table a group attribute: one line for all questions and one a value, with percent and
   * confidence interval of some scores; {@code -} where no question counts.
   *
   * @param keys scores to show, for example {@code recall}, {@code closed_accuracy}
   */
  public static String groupTable(ScoreReport report, List<String> keys) {
    StringBuilder out = new StringBuilder();
    List<String> attributes =
        report.groups().stream().map(GroupScores::attribute).distinct().toList();
    for (String attribute : attributes) {
      List<List<String>> rows = new ArrayList<>();
      rows.add(row(attribute, "questions", keys));
      int all = report.openQuestions() + report.closedQuestions();
      rows.add(row("all", Integer.toString(all), cells(report.scores(), keys)));
      for (GroupScores group : report.groups()) {
        if (group.attribute().equals(attribute)) {
          rows.add(
              row(group.value(), Integer.toString(group.questions()), cells(group.scores(), keys)));
        }
      }
      out.append(out.isEmpty() ? "" : "\n").append(aligned(rows));
    }
    return out.toString();
  }

  private static List<String> row(String first, String second, List<String> rest) {
    List<String> row = new ArrayList<>(List.of(first, second));
    row.addAll(rest);
    return row;
  }

  private static List<String> cells(List<MetricScore> scores, List<String> keys) {
    List<String> cells = new ArrayList<>();
    for (String key : keys) {
      cells.add(
          scores.stream()
              .filter(score -> score.key().equals(key))
              .findFirst()
              .map(ReportText::cell)
              .orElse("-"));
    }
    return cells;
  }

  private static String cell(MetricScore score) {
    String percent = PythonNumbers.fixed(score.percent(), 2);
    ConfidenceInterval interval = score.interval();
    return interval == null
        ? percent
        : percent
            + " ["
            + PythonNumbers.fixed(interval.lower(), 2)
            + ", "
            + PythonNumbers.fixed(interval.upper(), 2)
            + "]";
  }

  /** The first column to the left, the others to the right, two blanks between. */
  private static String aligned(List<List<String>> rows) {
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      for (int c = 0; c < row.size(); c++) {
        int column = c;
        int width = rows.stream().mapToInt(r -> r.get(column).length()).max().orElse(0);
        String blanks = " ".repeat(width - row.get(c).length());
        out.append(c == 0 ? row.get(c) + blanks : "  " + blanks + row.get(c));
      }
      out.append('\n');
    }
    return out.toString();
  }

  private static void putScores(ObjectNode json, List<MetricScore> scores) {
    for (MetricScore score : scores) {
      ObjectNode item = json.putObject(score.key());
      item.put("percent", score.percent());
      item.put("count", score.count());
      ConfidenceInterval interval = score.interval();
      if (interval != null) {
        item.put("lower", interval.lower());
        item.put("upper", interval.upper());
        item.put("level", interval.level());
      }
    }
  }
}
