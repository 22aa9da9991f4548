package io.github.llavamed.model.internal;

/** What a stored tensor is, going by its name alone. */
public sealed interface Meaning {
  /**
   * A weight of the decoder, the projector or the tower.
   *
   * @param canonical its name in {@link io.github.llavamed.inference.ModelWeights}
   */
  record Weight(String canonical) implements Meaning {}

  /**
   * A tensor that is left out on purpose.
   *
   * @param rule why, for the report
   */
  record Ignored(String rule) implements Meaning {}

  /** A tensor that no rule knows. */
  record Unknown() implements Meaning {}
}
