package io.github.llavamed.generation;

import io.github.llavamed.config.ModelFamily;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decides by the rules of one version of transformers which candidates become beams, which become
 * answers, and when a search ends. Serves one search; confined to one thread.
 */
sealed interface BeamBook permits HypothesisBook, FinishedBeamBook {
  /** Returns how many candidates each step needs. */
  int candidates();

  /**
   * Takes the candidates of a step, best first, and returns those that are followed.
   *
   * @param interruption why the search ends after this step from outside, or null
   */
  List<BeamCandidate> advance(List<BeamCandidate> candidates, @Nullable FinishReason interruption);

  /** Returns whether the search is over after the last step. */
  boolean isDone();

  /**
   * Returns the answers, best first.
   *
   * @param open the beams that are still followed
   */
  List<BeamHypothesis> answers(List<Beam> open);

  /** Returns the book of a family's library. */
  static BeamBook of(ModelFamily family, BeamSearch.Input input) {
    return switch (family) {
      case LLAVA_V1_0 -> HypothesisBook.v1_0(input);
      case LLAVA_V1_5 -> HypothesisBook.v1_5(input);
      case HF_LLAVA -> new FinishedBeamBook(input);
    };
  }
}
