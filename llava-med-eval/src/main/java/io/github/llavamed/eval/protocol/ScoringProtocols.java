package io.github.llavamed.eval.protocol;

import static io.github.llavamed.metric.AnswerKind.CLOSED;
import static io.github.llavamed.metric.AnswerKind.OPEN;
import static io.github.llavamed.metric.EmptyGroup.FAIL;
import static io.github.llavamed.metric.EmptyGroup.OMIT;
import static io.github.llavamed.metric.EmptyGroup.ZERO;

import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.metric.Bleu;
import io.github.llavamed.eval.metric.CandidateHit;
import io.github.llavamed.eval.metric.StrictBleu;
import io.github.llavamed.eval.metric.StrictExactMatch;
import io.github.llavamed.eval.metric.StrictHit;
import io.github.llavamed.eval.metric.StrictOverlap;
import io.github.llavamed.eval.metric.SubstringHit;
import io.github.llavamed.eval.metric.TokenOverlap;
import io.github.llavamed.eval.metric.WordShare;
import io.github.llavamed.eval.metric.YesNoHit;
import io.github.llavamed.metric.EmptyGroup;
import io.github.llavamed.metric.Metric;
import io.github.llavamed.metric.ProtocolMetric;
import io.github.llavamed.metric.ScoringProtocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Makes the protocols that come with the library.
 *
 * <p>A protocol made with repaired oddities keeps its name and says so in its settings.
 * Thread-safe.
 */
public final class ScoringProtocols {
  private static final String VERSION = "1";
  private static final Set<String> OPEN_TYPES = Set.of("OPEN");
  private static final Set<String> CLOSED_TYPES = Set.of("CLOSED");

  private ScoringProtocols() {}

  /**
   * The rules of {@code run_eval_batch.py}, behind the published table: {@code recall} is its
   * "open", {@code closed_accuracy} its "closed".
   *
   * <p>Open and closed accuracy: the normalised reference occurs in the normalised answer. Needs at
   * least one open and one closed question.
   */
  public static ScoringProtocol llavaMedV1(EvaluationQuirks quirks) {
    List<ProtocolMetric> metrics = wordMetrics(quirks);
    metrics.addAll(bleuMetrics(quirks));
    metrics.add(openAccuracy(new SubstringHit()));
    metrics.add(closedAccuracy(new SubstringHit(), FAIL));
    metrics.add(
        new ProtocolMetric(
            "recall_closed", "recall_closed", CLOSED, overlap(quirks, Part.RECALL), FAIL));
    return new TableProtocol(
        "llava-med-v1",
        VERSION,
        OPEN_TYPES,
        CLOSED_TYPES,
        metrics,
        Map.of("quirks", quirks.toString()),
        false);
  }

  /**
   * The rules of {@code run_eval.py} of v1.0.0: open accuracy by the most similar candidate answer,
   * closed accuracy only for answers that hold yes or no.
   */
  public static ScoringProtocol llavaMedRunEval(EvaluationQuirks quirks) {
    Metric closed =
        quirks.keeps(EvaluationQuirk.YES_NO_INSIDE_WORDS)
            ? new YesNoHit()
            : new YesNoHit.WholeWords();
    return runEval("llava-med-run-eval", closed, quirks);
  }

  /**
   * The rules of {@code run_eval.py} before the fix of its closed accuracy: wrong yes/no answers
   * are left out, which raises the figure.
   */
  public static ScoringProtocol beforeFix35(EvaluationQuirks quirks) {
    return runEval("before-fix-35", new YesNoHit.BeforeFix35(), quirks);
  }

  private static ScoringProtocol runEval(String name, Metric closed, EvaluationQuirks quirks) {
    List<ProtocolMetric> metrics = wordMetrics(quirks);
    metrics.addAll(bleuMetrics(quirks));
    metrics.add(openAccuracy(new CandidateHit()));
    metrics.add(closedAccuracy(closed, ZERO));
    return new TableProtocol(
        name,
        VERSION,
        OPEN_TYPES,
        CLOSED_TYPES,
        metrics,
        Map.of("quirks", quirks.toString()),
        quirks.keeps(EvaluationQuirk.SWAPPED_COUNTS));
  }

  /**
   * What {@code run_eval_pvqa.py} is meant to compute: PathVQA's own answer types, no BLEU, the
   * closed rule of v1.0.0. The program itself never succeeds.
   */
  public static ScoringProtocol pathVqa(EvaluationQuirks quirks) {
    List<ProtocolMetric> metrics = wordMetrics(quirks);
    metrics.add(openAccuracy(new CandidateHit()));
    metrics.add(
        closedAccuracy(
            quirks.keeps(EvaluationQuirk.YES_NO_INSIDE_WORDS)
                ? new YesNoHit()
                : new YesNoHit.WholeWords(),
            ZERO));
    return new TableProtocol(
        "llava-med-path-vqa",
        VERSION,
        Set.of("OPEN", "other", "number"),
        Set.of("CLOSED", "yes/no"),
        metrics,
        Map.of("quirks", quirks.toString()),
        quirks.keeps(EvaluationQuirk.SWAPPED_COUNTS));
  }

  /**
   * Rules without the oddities: words under standard tokenisation, true exact match, clipped F1,
   * smoothed BLEU up to each order, closed answers by whole words.
   */
  public static ScoringProtocol strict() {
    List<ProtocolMetric> metrics =
        List.of(
            open("exact_match", "exact match score", new StrictExactMatch(), OMIT),
            open("f1", "f1 score", new StrictOverlap.F1(), OMIT),
            open("precision", "precision", new StrictOverlap.Precision(), OMIT),
            open("recall", "recall", new StrictOverlap.Recall(), OMIT),
            open("bleu", "bleu_score", new StrictBleu(), OMIT),
            open("bleu_1", "bleu_score_1", new StrictBleu.UpToOne(), OMIT),
            open("bleu_2", "bleu_score_2", new StrictBleu.UpToTwo(), OMIT),
            open("bleu_3", "bleu_score_3", new StrictBleu.UpToThree(), OMIT),
            open("open_accuracy", "open accuracy", new StrictHit(), OMIT),
            closedAccuracy(new StrictHit(), OMIT));
    return new TableProtocol("strict", VERSION, OPEN_TYPES, CLOSED_TYPES, metrics, Map.of(), false);
  }

  private static List<ProtocolMetric> wordMetrics(EvaluationQuirks quirks) {
    List<ProtocolMetric> metrics = new ArrayList<>();
    metrics.add(open("exact_match", "exact match score", new WordShare(), FAIL));
    metrics.add(open("f1", "f1 score", overlap(quirks, Part.F1), FAIL));
    metrics.add(open("precision", "precision", overlap(quirks, Part.PRECISION), FAIL));
    metrics.add(open("recall", "recall", overlap(quirks, Part.RECALL), FAIL));
    return metrics;
  }

  private static List<ProtocolMetric> bleuMetrics(EvaluationQuirks quirks) {
    boolean plain = quirks.keeps(EvaluationQuirk.UNSMOOTHED_BLEU);
    return List.of(
        open("bleu", "bleu_score", plain ? new Bleu() : new Bleu.Smoothed(), FAIL),
        open("bleu_1", "bleu_score_1", new Bleu.Unigrams(), FAIL),
        open(
            "bleu_2",
            "bleu_score_2",
            plain ? new Bleu.Bigrams() : new Bleu.SmoothedBigrams(),
            FAIL),
        open(
            "bleu_3",
            "bleu_score_3",
            plain ? new Bleu.Trigrams() : new Bleu.SmoothedTrigrams(),
            FAIL));
  }

  private enum Part {
    F1,
    PRECISION,
    RECALL
  }

  private static Metric overlap(EvaluationQuirks quirks, Part part) {
    boolean plain = quirks.keeps(EvaluationQuirk.UNCLIPPED_F1);
    return switch (part) {
      case F1 -> plain ? new TokenOverlap.F1() : new TokenOverlap.ClippedF1();
      case PRECISION -> plain ? new TokenOverlap.Precision() : new TokenOverlap.ClippedPrecision();
      case RECALL -> plain ? new TokenOverlap.Recall() : new TokenOverlap.ClippedRecall();
    };
  }

  private static ProtocolMetric open(String key, String label, Metric metric, EmptyGroup empty) {
    return new ProtocolMetric(key, label, OPEN, metric, empty);
  }

  private static ProtocolMetric openAccuracy(Metric metric) {
    return open("open_accuracy", "open accuracy", metric, FAIL);
  }

  private static ProtocolMetric closedAccuracy(Metric metric, EmptyGroup whenEmpty) {
    return new ProtocolMetric("closed_accuracy", "yes/no accuracy", CLOSED, metric, whenEmpty);
  }

  /**
   * Returns whether the console text of the original names the counts of a protocol the wrong way
   * round.
   */
  public static boolean swapsCounts(ScoringProtocol protocol) {
    ScoringProtocol rules = protocol instanceof NamedProtocol named ? named.rules() : protocol;
    return rules instanceof TableProtocol table && table.swapsCounts();
  }
}
