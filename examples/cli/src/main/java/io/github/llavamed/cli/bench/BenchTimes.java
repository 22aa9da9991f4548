package io.github.llavamed.cli.bench;

import java.util.List;

/**
 * The measured times, in milliseconds.
 *
 * @param prepareMillis first load, with whatever the backend makes of the weights if it is not
 *     there
 * @param loadMillis second load: everything is made, and files are in the page cache
 * @param encodeImage tower and projector, one image
 * @param prefill the pass over the prompt
 * @param decodePerToken one further token, mean over a repeat's tokens
 * @param steps further tokens of several sequences at a time, none where the backend gains nothing
 *     by it
 * @param firstToken from pixel values and ids to the first token's id: image encoding if the prompt
 *     holds an image, a new session, the prompt, and the choice of the token
 */
public record BenchTimes(
    double prepareMillis,
    double loadMillis,
    PhaseTime encodeImage,
    PhaseTime prefill,
    PhaseTime decodePerToken,
    List<StepTime> steps,
    Spread firstToken) {
  /** Copies the list. */
  public BenchTimes {
    steps = List.copyOf(steps);
  }

  /** Returns how many sequences a step extends at most. */
  public int slots() {
    return steps.stream().mapToInt(StepTime::sequences).max().orElse(1);
  }
}
