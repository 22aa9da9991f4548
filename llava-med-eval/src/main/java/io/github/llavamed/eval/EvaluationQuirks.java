package io.github.llavamed.eval;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;
import java.util.TreeSet;

/**
 * The oddities of the original that are kept.
 *
 * <p>{@link #ORIGINAL} is the default, since published figures were made so; {@code
 * ORIGINAL.without(quirk)} repairs one. Immutable.
 */
public final class EvaluationQuirks {
  /** Everything as the original does it. */
  public static final EvaluationQuirks ORIGINAL =
      new EvaluationQuirks(EnumSet.allOf(EvaluationQuirk.class));

  /** Everything repaired. */
  public static final EvaluationQuirks NONE =
      new EvaluationQuirks(EnumSet.noneOf(EvaluationQuirk.class));

  private final Set<EvaluationQuirk> kept;

  private EvaluationQuirks(EnumSet<EvaluationQuirk> kept) {
    this.kept = Collections.unmodifiableSet(kept);
  }

  /** Returns whether an oddity is kept. */
  public boolean keeps(EvaluationQuirk quirk) {
    return kept.contains(quirk);
  }

  /** Returns a copy that keeps the oddity. */
  public EvaluationQuirks with(EvaluationQuirk quirk) {
    EnumSet<EvaluationQuirk> changed = copy();
    changed.add(quirk);
    return new EvaluationQuirks(changed);
  }

  /** Returns a copy that repairs the oddity. */
  public EvaluationQuirks without(EvaluationQuirk quirk) {
    EnumSet<EvaluationQuirk> changed = copy();
    changed.remove(quirk);
    return new EvaluationQuirks(changed);
  }

  private EnumSet<EvaluationQuirk> copy() {
    EnumSet<EvaluationQuirk> copy = EnumSet.noneOf(EvaluationQuirk.class);
    copy.addAll(kept);
    return copy;
  }

  /** Returns {@code original}, {@code none}, or the names of the repaired oddities. */
  @Override
  public String toString() {
    if (kept.isEmpty()) {
      return "none";
    }
    EnumSet<EvaluationQuirk> repaired = EnumSet.allOf(EvaluationQuirk.class);
    repaired.removeAll(kept);
    return repaired.isEmpty() ? "original" : "original without " + new TreeSet<>(repaired);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof EvaluationQuirks quirks && quirks.kept.equals(kept);
  }

  @Override
  public int hashCode() {
    return kept.hashCode();
  }
}
