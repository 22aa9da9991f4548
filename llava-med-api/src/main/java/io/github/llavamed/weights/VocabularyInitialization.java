package io.github.llavamed.weights;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A vocabulary with its new tokens, and what was done to get there.
 *
 * @param embedding the input embedding // [v, c]
 * @param lmHead the output embedding // [v, c]
 * @param tokenIds the ids of the tokens that were asked for, new and known, in the order asked
 * @param newTokens the tokens that the tokenizer did not know, in the order of their ids
 * @param drawnRows rows that {@link NewRows} filled and nothing replaced, ascending
 * @param resized whether the number of rows changed (the originals then train new, unfrozen
 *     matrices)
 */
public record VocabularyInitialization(
    FloatMatrix embedding,
    FloatMatrix lmHead,
    Map<String, Integer> tokenIds,
    List<String> newTokens,
    List<Integer> drawnRows,
    boolean resized) {
  /** Copies the collections and keeps their order. */
  public VocabularyInitialization {
    tokenIds = Collections.unmodifiableMap(new LinkedHashMap<>(tokenIds));
    newTokens = List.copyOf(newTokens);
    drawnRows = List.copyOf(drawnRows);
  }
}
