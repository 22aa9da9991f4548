package io.github.llavamed.eval;

import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.generation.RunRecord;
import io.github.llavamed.eval.internal.text.LibraryVersions;
import io.github.llavamed.eval.statistics.Bootstrap;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import io.github.llavamed.metric.AnswerKind;
import io.github.llavamed.metric.ConfidenceInterval;
import io.github.llavamed.metric.EmptyGroup;
import io.github.llavamed.metric.GroupScores;
import io.github.llavamed.metric.MetricScore;
import io.github.llavamed.metric.ProtocolMetric;
import io.github.llavamed.metric.Provenance;
import io.github.llavamed.metric.ScoreReport;
import io.github.llavamed.metric.ScoringProtocol;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Turns scored answers into means, intervals and groups. */
final class ReportBuilder {
  private final ScoredAnswers scored;
  private final @Nullable BootstrapConfig bootstrap;
  private final RunRecord run;

  /**
   * Creates a builder.
   *
   * @param run how the answers were made
   */
  ReportBuilder(ScoredAnswers scored, @Nullable BootstrapConfig bootstrap, RunRecord run) {
    this.run = run;
    this.scored = scored;
    this.bootstrap = bootstrap;
  }

  ScoreReport build(String dataset, Map<String, String> hashes, List<String> groups, Instant date) {
    ScoringProtocol protocol = scored.protocol();
    Map<String, String> settings = new TreeMap<>(protocol.settings());
    Map<String, String> allHashes = new TreeMap<>(hashes);
    Map<String, String> versions = LibraryVersions.all();
    versions.put("protocol", protocol.version());
    ProvenanceFile.addRun(run, "", settings, allHashes, versions);
    if (bootstrap != null) {
      settings.put("bootstrap", bootstrap.toString());
    }
    Provenance provenance =
        new Provenance(protocol.name(), dataset, settings, allHashes, versions, date);
    return new ScoreReport(
        provenance,
        scored.count(AnswerKind.OPEN),
        scored.count(AnswerKind.CLOSED),
        scores(scored, false),
        groups.stream().flatMap(attribute -> groupScores(attribute).stream()).toList());
  }

  private List<MetricScore> scores(ScoredAnswers part, boolean omitEmpty) {
    Map<String, ConfidenceInterval> intervals =
        bootstrap == null ? Map.of() : Bootstrap.intervals(part, bootstrap);
    List<MetricScore> scores = new ArrayList<>();
    for (ProtocolMetric metric : part.protocol().metrics()) {
      double[] values = part.counted(metric.key());
      if (values.length > 0) {
        scores.add(
            new MetricScore(
                metric.key(),
                metric.label(),
                mean(values) * 100,
                values.length,
                intervals.get(metric.key())));
      } else if (!omitEmpty && metric.whenEmpty() == EmptyGroup.FAIL) {
        throw new EvaluationException(
            "metric "
                + metric.key()
                + ": expected at least one "
                + (metric.kind() == AnswerKind.OPEN ? "open" : "closed")
                + " question, found none; the protocol "
                + part.protocol().name()
                + " needs one",
            "division by zero",
            null);
      } else if (!omitEmpty && metric.whenEmpty() == EmptyGroup.ZERO) {
        scores.add(new MetricScore(metric.key(), metric.label(), 0, 0, null));
      }
    }
    return scores;
  }

  /** Sums from left to right without compensation, as the original. */
  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private List<GroupScores> groupScores(String attribute) {
    Map<String, List<Integer>> members = new TreeMap<>();
    for (int i = 0; i < scored.samples().size(); i++) {
      VqaSample sample = scored.samples().get(i);
      String value = sample.attributes().getOrDefault(attribute, "");
      members.computeIfAbsent(value, key -> new ArrayList<>()).add(i);
    }
    List<GroupScores> groups = new ArrayList<>();
    members.forEach(
        (value, positions) ->
            groups.add(
                new GroupScores(
                    attribute, value, positions.size(), scores(scored.part(positions), true))));
    return groups;
  }
}
