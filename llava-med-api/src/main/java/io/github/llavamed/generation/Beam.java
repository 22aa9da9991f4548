package io.github.llavamed.generation;

import java.util.ArrayList;
import java.util.List;

/**
 * The beginning of an answer that a beam search follows. Immutable by agreement.
 *
 * @param history its ids
 * @param score sum of the processed log-probabilities
 * @param criterion has seen its ids
 * @param logProbs one per id if they were asked for
 */
record Beam(
    TokenHistory history, float score, StoppingCriterion criterion, List<TokenLogProbs> logProbs) {
  /** Returns this beam one token longer; the criterion has not seen the token yet. */
  Beam extend(int id, float newScore, List<TokenLogProbs> newLogProbs) {
    TokenHistory longer = history.copy();
    longer.add(id);
    List<TokenLogProbs> all = new ArrayList<>(logProbs);
    all.addAll(newLogProbs);
    return new Beam(longer, newScore, criterion.fork(), all);
  }

  int length() {
    return history.size();
  }

  int lastId() {
    return history.newId(history.size() - 1);
  }
}
