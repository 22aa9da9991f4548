package io.github.llavamed.generation;

import java.util.List;
import java.util.Map;

/**
 * What is forbidden, favoured or held back whatever the model says. Immutable.
 *
 * <p>Penalty, n-grams and bad words look at the ids that the original's library shows them: prompt
 * and answer for v1.0 and Hugging Face; BOS and answer, without the prompt, for v1.5.
 *
 * @param repetitionPenalty divides positive logits of ids that occurred, and multiplies negative
 *     ones; 1 is none
 * @param noRepeatNgramSize no run of this many ids occurs twice; 0 is none
 * @param minNewTokens so many tokens come before an end-of-sequence token can
 * @param badWords texts whose ids, each encoded on its own without BOS, do not occur; a text may
 *     still come about by other ids
 * @param logitBias added to the logits of ids; negative infinity forbids them
 */
public record TokenRules(
    double repetitionPenalty,
    int noRepeatNgramSize,
    int minNewTokens,
    List<String> badWords,
    Map<Integer, Float> logitBias) {
  /** No rule. */
  public static final TokenRules NONE = new TokenRules(1, 0, 0, List.of(), Map.of());

  /**
   * Copies the collections and checks the ranges.
   *
   * @throws IllegalArgumentException if one is outside, a bad word is empty, or a bias is not a
   *     number
   */
  public TokenRules {
    badWords = List.copyOf(badWords);
    logitBias = Map.copyOf(logitBias);
    if (!(repetitionPenalty > 0) || repetitionPenalty == Double.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "repetitionPenalty: expected a finite number above 0, found " + repetitionPenalty);
    }
    if (noRepeatNgramSize < 0) {
      throw new IllegalArgumentException(
          "noRepeatNgramSize: expected 0 (none) or more, found " + noRepeatNgramSize);
    }
    if (minNewTokens < 0) {
      throw new IllegalArgumentException("minNewTokens: expected 0 or more, found " + minNewTokens);
    }
    if (badWords.contains("")) {
      throw new IllegalArgumentException("badWords: an empty text cannot be avoided");
    }
    logitBias.forEach(TokenRules::checkBias);
  }

  private static void checkBias(int id, float bias) {
    if (id < 0 || Float.isNaN(bias) || bias == Float.POSITIVE_INFINITY) {
      throw new IllegalArgumentException(
          "logitBias: expected ids from 0 on and numbers below infinity, found %s for id %d"
              .formatted(bias, id));
    }
  }

  /** Returns these rules with another repetition penalty. */
  public TokenRules withRepetitionPenalty(double repetitionPenalty) {
    return new TokenRules(repetitionPenalty, noRepeatNgramSize, minNewTokens, badWords, logitBias);
  }

  /** Returns these rules with another n-gram size. */
  public TokenRules withNoRepeatNgramSize(int noRepeatNgramSize) {
    return new TokenRules(repetitionPenalty, noRepeatNgramSize, minNewTokens, badWords, logitBias);
  }

  /** Returns these rules with another smallest number of tokens. */
  public TokenRules withMinNewTokens(int minNewTokens) {
    return new TokenRules(repetitionPenalty, noRepeatNgramSize, minNewTokens, badWords, logitBias);
  }

  /** Returns these rules with other bad words. */
  public TokenRules withBadWords(List<String> badWords) {
    return new TokenRules(repetitionPenalty, noRepeatNgramSize, minNewTokens, badWords, logitBias);
  }

  /** Returns these rules with another bias. */
  public TokenRules withLogitBias(Map<Integer, Float> logitBias) {
    return new TokenRules(repetitionPenalty, noRepeatNgramSize, minNewTokens, badWords, logitBias);
  }
}
