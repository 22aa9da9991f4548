package io.github.llavamed.eval.protocol;

import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.metric.AnswerKind;
import io.github.llavamed.metric.ProtocolMetric;
import io.github.llavamed.metric.ScoringProtocol;
import java.util.List;
import java.util.Map;

/** The protocols of this library as services: each with the original's oddities. */
public abstract class NamedProtocol implements ScoringProtocol {
  private final ScoringProtocol rules;

  NamedProtocol(ScoringProtocol rules) {
    this.rules = rules;
  }

  ScoringProtocol rules() {
    return rules;
  }

  @Override
  public final String name() {
    return rules.name();
  }

  @Override
  public final String version() {
    return rules.version();
  }

  @Override
  public final AnswerKind kindOf(VqaSample sample) {
    return rules.kindOf(sample);
  }

  @Override
  public final List<ProtocolMetric> metrics() {
    return rules.metrics();
  }

  @Override
  public final Map<String, String> settings() {
    return rules.settings();
  }

  /** The protocol {@code llava-med-v1}. */
  public static final class LlavaMedV1 extends NamedProtocol {
    /** Made by the service loader. */
    public LlavaMedV1() {
      super(ScoringProtocols.llavaMedV1(EvaluationQuirks.ORIGINAL));
    }
  }

  /** The protocol {@code llava-med-run-eval}. */
  public static final class LlavaMedRunEval extends NamedProtocol {
    /** Made by the service loader. */
    public LlavaMedRunEval() {
      super(ScoringProtocols.llavaMedRunEval(EvaluationQuirks.ORIGINAL));
    }
  }

  /** The protocol {@code before-fix-35}. */
  public static final class BeforeFix35 extends NamedProtocol {
    /** Made by the service loader. */
    public BeforeFix35() {
      super(ScoringProtocols.beforeFix35(EvaluationQuirks.ORIGINAL));
    }
  }

  /** The protocol {@code llava-med-path-vqa}. */
  public static final class PathVqa extends NamedProtocol {
    /** Made by the service loader. */
    public PathVqa() {
      super(ScoringProtocols.pathVqa(EvaluationQuirks.ORIGINAL));
    }
  }

  /** The protocol {@code strict}. */
  public static final class Strict extends NamedProtocol {
    /** Made by the service loader. */
    public Strict() {
      super(ScoringProtocols.strict());
    }
  }
}
