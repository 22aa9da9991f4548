package io.github.llavamed.eval.metric;

import io.github.llavamed.metric.AnswerPair;
import io.github.llavamed.metric.Metric;
import java.util.OptionalDouble;

/**
 * The closed rule of the single-file evaluation: the answer must hold yes or no, and the reference.
 *
 * <p>Both are looked for as character sequences, so that {@code normal} says no. {@link WholeWords}
 * looks for yes and no as words; {@link BeforeFix35} leaves out wrong yes/no answers altogether.
 */
public class YesNoHit implements Metric {
  private final String id;

  /** The rule of the v1.0.0 release. */
  public YesNoHit() {
    this("yes-no-hit");
  }

  private YesNoHit(String id) {
    this.id = id;
  }

  @Override
  public final String id() {
    return id;
  }

  @Override
  public final OptionalDouble score(AnswerPair pair) {
    NormalizedPair texts = NormalizedPair.of(pair);
    boolean answers = saysYesOrNo(texts.prediction());
    if (answers && texts.prediction().contains(texts.reference())) {
      return OptionalDouble.of(1);
    }
    return answers ? wrongAnswer() : OptionalDouble.of(0);
  }

  /** Says whether a normalised answer holds yes or no. */
  boolean saysYesOrNo(String prediction) {
    return prediction.contains("yes") || prediction.contains("no");
  }

  /** The score of an answer that holds yes or no, but not the reference. */
  OptionalDouble wrongAnswer() {
    return OptionalDouble.of(0);
  }

  /** The rule before the fix of issue 35: wrong yes/no answers do not count in the mean. */
  public static final class BeforeFix35 extends YesNoHit {
    /** The rule of the commit before the fix. */
    public BeforeFix35() {
      super("yes-no-hit-before-fix-35");
    }

    @Override
    OptionalDouble wrongAnswer() {
      return OptionalDouble.empty();
    }
  }

  /** The rule with yes and no as whole words. */
  public static final class WholeWords extends YesNoHit {
    /** The repaired rule. */
    public WholeWords() {
      super("yes-no-hit-whole-words");
    }

    @Override
    boolean saysYesOrNo(String prediction) {
      var words = WordCounts.words(prediction);
      return words.contains("yes") || words.contains("no");
    }
  }
}
