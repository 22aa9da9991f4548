package io.github.llavamed.eval.report;

import io.github.llavamed.eval.internal.page.Block;
import io.github.llavamed.eval.internal.page.ScoreChart;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.metric.ConfidenceInterval;
import io.github.llavamed.metric.GroupScores;
import io.github.llavamed.metric.MetricScore;
import io.github.llavamed.metric.Provenance;
import io.github.llavamed.metric.ScoreReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The figures of a report: all questions, groups of questions, charts of both, provenance. */
final class ScoreSections {
  /** The published figures, and what charts show of groups. */
  private static final List<String> MAIN = List.of("recall", "closed_accuracy");

  private ScoreSections() {}

  static List<Block> of(List<ReportedRun> runs) throws IOException {
    List<Block> blocks = new ArrayList<>();
    ScoreReport first = runs.get(0).report();
    blocks.add(
        new Block.Paragraph(
            "Data set %s, protocol %s: %d open and %d closed questions."
                .formatted(
                    first.provenance().dataset(),
                    first.provenance().protocol(),
                    first.openQuestions(),
                    first.closedQuestions())));
    blocks.add(new Block.Heading(2, "Figures"));
    blocks.add(figures(runs));
    blocks.add(new Block.Picture("Bar chart of all figures in percent", chart(runs)));
    blocks.add(
        new Block.Paragraph(
            "Whiskers in charts reach half the interval's length to either side; tables give its"
                + " exact ends."));
    Set<String> attributes = new LinkedHashSet<>();
    first.groups().forEach(group -> attributes.add(group.attribute()));
    for (String attribute : attributes) {
      blocks.addAll(groups(runs, attribute));
    }
    return blocks;
  }

  private static Block figures(List<ReportedRun> runs) {
    List<String> header = new ArrayList<>(List.of("Metric", "Questions"));
    runs.forEach(run -> header.add(run.name() + ", %"));
    List<List<String>> rows = new ArrayList<>();
    for (MetricScore score : runs.get(0).report().scores()) {
      List<String> row = new ArrayList<>(List.of(score.label(), Integer.toString(score.count())));
      runs.forEach(run -> row.add(cell(run.report().score(score.key()))));
      rows.add(row);
    }
    return new Block.Table(header, rows);
  }

  private static String chart(List<ReportedRun> runs) throws IOException {
    List<MetricScore> scores = runs.get(0).report().scores();
    List<ScoreChart.Series> series = new ArrayList<>();
    for (ReportedRun run : runs) {
      List<Optional<MetricScore>> own =
          scores.stream().map(score -> run.report().score(score.key())).toList();
      series.add(series(run.name(), own));
    }
    return ScoreChart.of(
        "All questions, % with confidence intervals",
        scores.stream().map(score -> score.key().replace('_', ' ')).toList(), series);
  }

  private static ScoreChart.Series series(String name, List<Optional<MetricScore>> scores) {
    List<Double> percents = new ArrayList<>();
    List<Double> whiskers = new ArrayList<>();
    for (Optional<MetricScore> score : scores) {
      percents.add(score.map(MetricScore::percent).orElse(0.0));
      whiskers.add(score.map(ScoreSections::halfWidth).orElse(0.0));
    }
    return new ScoreChart.Series(name, percents, whiskers);
  }

  private static double halfWidth(MetricScore score) {
    ConfidenceInterval interval = score.interval();
    return interval == null ? 0 : (interval.upper() - interval.lower()) / 2;
  }

  private static List<Block> groups(List<ReportedRun> runs, String attribute) throws IOException {
    List<String> keys =
        MAIN.stream().filter(key -> runs.get(0).report().score(key).isPresent()).toList();
    List<GroupScores> groups =
        runs.get(0).report().groups().stream()
            .filter(group -> group.attribute().equals(attribute))
            .toList();
    List<String> header = new ArrayList<>(List.of(attribute, "Questions"));
    List<List<String>> rows = new ArrayList<>();
    for (ReportedRun run : runs) {
      keys.forEach(key -> header.add((runs.size() > 1 ? run.name() + ", " : "") + label(key)));
    }
    for (GroupScores group : groups) {
      List<String> row =
          new ArrayList<>(List.of(group.value(), Integer.toString(group.questions())));
      for (ReportedRun run : runs) {
        keys.forEach(key -> row.add(cell(score(run, attribute, group.value(), key))));
      }
      rows.add(row);
    }
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Heading(2, "By " + attribute.replace('_', ' ')));
    blocks.add(new Block.Table(header, rows));
    for (String key : keys) {
      List<GroupScores> counted =
          groups.stream()
              .filter(g -> score(runs.get(0), attribute, g.value(), key).isPresent())
              .toList();
      if (counted.size() > 1) {
        blocks.add(groupChart(runs, counted, key));
      }
    }
    return blocks;
  }

  private static Block groupChart(List<ReportedRun> runs, List<GroupScores> groups, String key)
      throws IOException {
    String title = label(key) + " by " + groups.get(0).attribute().replace('_', ' ');
    List<ScoreChart.Series> series = new ArrayList<>();
    for (ReportedRun run : runs) {
      series.add(
          series(
              run.name(),
              groups.stream().map(g -> score(run, g.attribute(), g.value(), key)).toList()));
    }
    List<String> names = groups.stream().map(GroupScores::value).toList();
    return new Block.Picture("Bar chart: " + title, ScoreChart.of(title, names, series));
  }

  private static Optional<MetricScore> score(
      ReportedRun run, String attribute, String value, String key) {
    return run.report().groups().stream()
        .filter(group -> group.attribute().equals(attribute) && group.value().equals(value))
        .flatMap(group -> group.scores().stream())
        .filter(score -> score.key().equals(key))
        .findFirst();
  }

  private static String label(String key) {
    return key.equals("recall") ? "open (recall), %" : "closed (accuracy), %";
  }

  static String cell(Optional<MetricScore> score) {
    return score.map(s -> percent(s.percent()) + interval(s.interval())).orElse("–");
  }

  private static String interval(@Nullable ConfidenceInterval interval) {
    return interval == null
        ? ""
        : " [%s, %s]".formatted(percent(interval.lower()), percent(interval.upper()));
  }

  static String percent(double value) {
    return PythonNumbers.fixed(value, 2);
  }

  static List<Block> provenance(Map<String, Provenance> origins) {
    List<Block> blocks = new ArrayList<>();
    blocks.add(new Block.Heading(2, "Provenance"));
    List<String> header = new ArrayList<>(List.of("What"));
    header.addAll(origins.keySet());
    Set<String> names = new LinkedHashSet<>();
    List<Map<String, String>> facts = origins.values().stream().map(ScoreSections::facts).toList();
    facts.forEach(of -> names.addAll(of.keySet()));
    List<List<String>> rows = new ArrayList<>();
    for (String name : names) {
      List<String> row = new ArrayList<>(List.of(name));
      facts.forEach(of -> row.add(of.getOrDefault(name, "–")));
      rows.add(row);
    }
    blocks.add(new Block.Table(header, rows));
    return blocks;
  }

  private static Map<String, String> facts(Provenance from) {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("protocol", from.protocol());
    facts.put("data set", from.dataset());
    facts.put("date", from.date().toString());
    from.hashes().forEach((name, hash) -> facts.put("SHA-256 of " + name, hash));
    from.versions().forEach((name, version) -> facts.put("version of " + name, version));
    from.settings().forEach((name, value) -> facts.put("setting " + name, value));
    return facts;
  }
}
