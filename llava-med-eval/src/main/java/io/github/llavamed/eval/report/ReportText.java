package io.github.llavamed.eval.report;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.metric.ConfidenceInterval;
import io.github.llavamed.metric.GroupScores;
import io.github.llavamed.metric.MetricScore;
import io.github.llavamed.metric.ScoreReport;
import java.util.List;
import java.util.Map;

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
   * {@code num_closed}, then every score by its key, in percent, unrounded.
   */
  public static String summaryJson(ScoreReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("dataset", report.provenance().dataset());
    json.put("protocol", report.provenance().protocol());
    json.put("num_open", report.openQuestions());
    json.put("num_closed", report.closedQuestions());
    report.scores().forEach(score -> json.put(score.key(), score.percent()));
    return PythonJson.line(json);
  }

  /** Returns the whole report as indented JSON: provenance, scores with intervals, groups. */
  public static String fullJson(ScoreReport report) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("protocol", report.provenance().protocol());
    json.put("dataset", report.provenance().dataset());
    json.put("date", report.provenance().date().toString());
    putAll(json.putObject("settings"), report.provenance().settings());
    putAll(json.putObject("sha256"), report.provenance().hashes());
    putAll(json.putObject("versions"), report.provenance().versions());
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

  private static void putAll(ObjectNode json, Map<String, String> texts) {
    texts.forEach(json::put);
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
