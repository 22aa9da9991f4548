package io.github.llavamed.eval.report;

import io.github.llavamed.eval.internal.page.Block;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import io.github.llavamed.eval.statistics.Comparison;
import io.github.llavamed.eval.statistics.McNemar;
import io.github.llavamed.metric.ConfidenceInterval;
import java.util.ArrayList;
import java.util.List;

/** Two runs side by side, with paired tests on the same questions. */
final class ComparisonSection {
  private ComparisonSection() {}

  static List<Block> of(List<ReportedRun> runs, BootstrapConfig config) {
    ReportedRun first = runs.get(0);
    ReportedRun second = runs.get(1);
    List<List<String>> rows = new ArrayList<>();
    for (Comparison row : Comparison.of(first.scored(), second.scored(), config)) {
      rows.add(row(row));
    }
    return List.of(
        new Block.Heading(2, second.name() + " against " + first.name()),
        new Block.Paragraph(
            ("Differences are second minus first, in percent points, with a paired bootstrap over"
                    + " questions (%d resamples, seed %d). McNemar's exact test counts questions"
                    + " that only one of the two has right.")
                .formatted(config.resamples(), config.seed())),
        new Block.Table(
            List.of(
                "Metric",
                "Questions",
                first.name() + ", %",
                second.name() + ", %",
                "Difference",
                "p, bootstrap",
                "Only first : only second right",
                "p, McNemar"),
            rows));
  }

  private static List<String> row(Comparison row) {
    ConfidenceInterval interval = row.bootstrap().interval();
    McNemar test = row.mcNemar();
    return List.of(
        row.key(),
        Integer.toString(row.questions()),
        ScoreSections.percent(row.firstPercent()),
        ScoreSections.percent(row.secondPercent()),
        "%s [%s, %s]"
            .formatted(
                signed(row.bootstrap().difference() * 100),
                signed(interval.lower() * 100),
                signed(interval.upper() * 100)),
        probability(row.bootstrap().pValue()),
        test == null ? "–" : test.onlyFirst() + " : " + test.onlySecond(),
        test == null ? "–" : probability(test.pValue()));
  }

  private static String signed(double points) {
    String text = ScoreSections.percent(points);
    return points > 0 && !text.equals("0.00") ? "+" + text : text;
  }

  private static String probability(double p) {
    return p < 0.0001 ? "< 0.0001" : PythonNumbers.fixed(p, 4);
  }
}
