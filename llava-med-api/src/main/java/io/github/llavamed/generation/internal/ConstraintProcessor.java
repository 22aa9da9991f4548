package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.ChoiceConstraint;
import io.github.llavamed.generation.ConstraintException;
import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.OutputConstraint;
import io.github.llavamed.generation.PatternConstraint;
import io.github.llavamed.generation.TokenHistory;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.BitSet;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Forbids tokens that a constraint on the answer does not allow. Confined to one thread. */
public final class ConstraintProcessor implements LogitsProcessor {
  private final AllowedTokens tokens;
  private final Set<Integer> endIds;

  private ConstraintProcessor(AllowedTokens tokens, Set<Integer> endIds) {
    this.tokens = tokens;
    this.endIds = endIds.stream().filter(id -> id >= 0).collect(Collectors.toUnmodifiableSet());
  }

  /**
   * Returns the processor of a constraint.
   *
   * @param tokenBytes the texts of the tokenizer's tokens, asked for only if they are needed
   * @param endIds ids that end an answer
   * @throws ConstraintException if nothing can end the answer, or a text cannot be written
   */
  public static ConstraintProcessor of(
      OutputConstraint constraint,
      Tokenizer tokenizer,
      Supplier<TokenBytes> tokenBytes,
      Set<Integer> endIds) {
    if (endIds.isEmpty()) {
      throw new ConstraintException(
          "a constraint needs an end-of-sequence token, and this model has none");
    }
    AllowedTokens tokens;
    if (constraint instanceof ChoiceConstraint choices) {
      tokens = new ChoiceTokens(choices.texts(), tokenizer);
    } else {
      String pattern = ((PatternConstraint) constraint).pattern();
      tokens = new PatternTokens(BytePattern.parse(pattern), tokenBytes.get());
    }
    return new ConstraintProcessor(tokens, endIds);
  }

  @Override
  public void process(float[] logits, TokenHistory history) {
    int[] newIds = history.newIds();
    BitSet allowed = (BitSet) tokens.after(newIds).clone();
    boolean mayEnd = tokens.mayEndAfter(newIds);
    endIds.forEach(id -> allowed.set(id, mayEnd));
    for (int id = allowed.nextClearBit(0); id < logits.length; id = allowed.nextClearBit(id + 1)) {
      logits[id] = Float.NEGATIVE_INFINITY;
    }
  }
}
