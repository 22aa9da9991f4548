package io.github.llavamed.generation;

import io.github.llavamed.generation.internal.Probabilities;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * Scores given answers by their log-probability after a prompt.
 *
 * <p>Each choice is encoded on its own without BOS, so that the piece of a leading space is part of
 * it, and its ids follow the prompt's. Immutable; safe for concurrent use with different sessions.
 */
public final class ChoiceScorer {
  private final Tokenizer tokenizer;

  /** Makes a scorer whose choices are encoded by a tokenizer. */
  public ChoiceScorer(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
  }

  /**
   * The scores and the time they took.
   *
   * @param choices in the order they were given
   * @param prefill time of the pass over the prompt
   * @param decode time of everything after it
   */
  public record Output(List<ChoiceScore> choices, Duration prefill, Duration decode) {
    /** Copies the list. */
    public Output {
      choices = List.copyOf(choices);
    }
  }

  /**
   * Returns the ids of a choice.
   *
   * @throws IllegalArgumentException if it has none
   */
  public int[] ids(String choice) {
    int[] ids = tokenizer.encode(choice, false);
    if (ids.length == 0) {
      throw new IllegalArgumentException(
          "choices: '%s' has no ids in this tokenizer".formatted(choice));
    }
    return ids;
  }

  /**
   * Appends the prompt to the session and scores the choices; in the end the session holds the
   * prompt alone.
   *
   * @param segments what the session does not hold yet of the prompt, at least one position
   * @param images features that the segments refer to
   * @param choices at least one
   */
  public Output score(
      DecoderSession session,
      List<InputSegment> segments,
      List<ImageFeatures> images,
      List<String> choices) {
    long start = System.nanoTime();
    float[] first = session.append(segments, images); // [v]
    int promptLength = session.length();
    long prefilled = System.nanoTime();
    List<ChoiceScore> scores = new ArrayList<>();
    for (String choice : choices) {
      scores.add(score(session, first, choice));
      session.truncate(promptLength);
    }
    return new Output(
        scores,
        Duration.ofNanos(prefilled - start),
        Duration.ofNanos(System.nanoTime() - prefilled));
  }

  private ChoiceScore score(DecoderSession session, float[] first, String choice) {
    List<Integer> ids = new ArrayList<>();
    List<Double> logProbs = new ArrayList<>();
    float[] logits = first; // [v]
    for (int id : ids(choice)) {
      if (!ids.isEmpty()) {
        int previous = ids.get(ids.size() - 1);
        logits = session.append(List.of(TokenSegment.of(previous)), List.of()); // [v]
      }
      ids.add(id);
      logProbs.add(logits[id] - Probabilities.logSumExp(logits));
    }
    return new ChoiceScore(choice, ids, logProbs);
  }
}
