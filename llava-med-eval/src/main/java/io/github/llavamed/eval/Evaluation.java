package io.github.llavamed.eval;

import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.dataset.AnswerFile;
import io.github.llavamed.eval.generation.RunRecord;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import io.github.llavamed.metric.MetricContext;
import io.github.llavamed.metric.ProtocolMetric;
import io.github.llavamed.metric.ScoreReport;
import io.github.llavamed.metric.ScoringProtocol;
import java.time.Clock;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scores the answers of a model to a data set under one protocol.
 *
 * <p>Immutable; {@code with…} methods return changed copies.
 */
public final class Evaluation {
  private final ScoringProtocol protocol;
  private final MetricContext context;
  private final List<String> groups;
  private final @Nullable BootstrapConfig bootstrap;
  private final Clock clock;
  private final RunRecord run;

  private Evaluation(
      ScoringProtocol protocol,
      MetricContext context,
      List<String> groups,
      @Nullable BootstrapConfig bootstrap,
      Clock clock,
      RunRecord run) {
    this.run = run;
    this.protocol = protocol;
    this.context = context;
    this.groups = List.copyOf(groups);
    this.bootstrap = bootstrap;
    this.clock = clock;
  }

  /** Returns an evaluation without candidates, groups and intervals, on the system's clock. */
  public static Evaluation of(ScoringProtocol protocol) {
    return new Evaluation(
        protocol, MetricContext.NONE, List.of(), null, Clock.systemUTC(), RunRecord.NONE);
  }

  /** Returns a copy with candidate answers. */
  public Evaluation withContext(MetricContext changed) {
    return new Evaluation(protocol, changed, groups, bootstrap, clock, run);
  }

  /** Returns a copy that also reports by attributes, for example {@code question_type}. */
  public Evaluation withGroups(List<String> attributes) {
    return new Evaluation(protocol, context, attributes, bootstrap, clock, run);
  }

  /** Returns a copy that computes confidence intervals. */
  public Evaluation withBootstrap(BootstrapConfig changed) {
    return new Evaluation(protocol, context, groups, changed, clock, run);
  }

  /** Returns a copy that dates its reports by another clock. */
  public Evaluation withClock(Clock changed) {
    return new Evaluation(protocol, context, groups, bootstrap, changed, run);
  }

  /** Returns a copy whose reports state how the answers were made. */
  public Evaluation withRun(RunRecord changed) {
    return new Evaluation(protocol, context, groups, bootstrap, clock, changed);
  }

  /** Returns the protocol. */
  public ScoringProtocol protocol() {
    return protocol;
  }

  /**
   * Scores answers and reports the figures.
   *
   * @throws EvaluationException if questions and answers do not match one to one, or a metric that
   *     must not be empty is
   */
  public ScoreReport score(VqaDataset dataset, AnswerFile answers) {
    ScoredAnswers scored = rate(dataset.samples(), answers.predictions());
    return report(
        scored,
        dataset.name(),
        Map.of("dataset", dataset.sha256(), "predictions", answers.sha256()));
  }

  /**
   * Scores every answer.
   *
   * @throws EvaluationException if questions and answers do not match one to one, in order
   */
  public ScoredAnswers rate(List<VqaSample> samples, List<Prediction> predictions) {
    requireSameIds(
        samples.stream().map(VqaSample::id).toList(),
        predictions.stream().map(Prediction::questionId).toList());
    Map<String, double[]> values = new LinkedHashMap<>();
    for (ProtocolMetric line : protocol.metrics()) {
      Metric metric = line.metric().forData(context);
      double[] column = new double[samples.size()];
      Arrays.fill(column, Double.NaN);
      for (int i = 0; i < column.length; i++) {
        VqaSample sample = samples.get(i);
        if (protocol.kindOf(sample) == line.kind()) {
          AnswerPair pair = new AnswerPair(predictions.get(i).text(), sample.reference());
          column[i] = metric.score(pair).orElse(Double.NaN);
        }
      }
      values.put(line.key(), column);
    }
    return new ScoredAnswers(protocol, samples, values);
  }

  /**
   * Reports the figures of scored answers.
   *
   * @param dataset name of the data set
   * @param hashes SHA-256 by name
   */
  public ScoreReport report(ScoredAnswers scored, String dataset, Map<String, String> hashes) {
    return new ReportBuilder(scored, bootstrap, run)
        .build(dataset, hashes, groups, clock.instant());
  }

  /**
   * Checks that questions and answers match one to one, in order.
   *
   * @throws EvaluationException if they do not
   */
  public static void requireSameIds(List<SampleId> questions, List<SampleId> answers) {
    if (questions.equals(answers)) {
      return;
    }
    String found = questions.size() + " questions and " + answers.size() + " answers";
    for (int i = 0; i < Math.min(questions.size(), answers.size()); i++) {
      if (!questions.get(i).equals(answers.get(i))) {
        found =
            describe(questions.get(i)) + " and " + describe(answers.get(i)) + " at position " + i;
        break;
      }
    }
    throw new EvaluationException(
        "identifiers: expected the same questions and answers in the same order, found "
            + found
            + "; regenerate the answers for this data",
        "please make sure pred and gt are exactly matched",
        null);
  }

  private static String describe(SampleId id) {
    return (id.isText() ? "the text " : "the number ") + id.text();
  }
}
