package io.github.llavamed.cli.bench;

import org.jspecify.annotations.Nullable;

/**
 * What a model of full depth would take, computed from fewer layers, never measured.
 *
 * <p>Decoder layers count in proportion; the head is fixed, and its time is the part of a decoded
 * token's time that it has of the weights. Image encoding does not change.
 *
 * @param layers layers of the true model
 * @param prefillMillis prompt
 * @param decodeMillis per token
 * @param firstTokenMillis image encoding if the prompt holds an image, then the prompt
 * @param answers whole answers and questions about one image, or null if they were not measured
 */
public record Extrapolation(
    int layers,
    double prefillMillis,
    double decodeMillis,
    double firstTokenMillis,
    @Nullable Answers answers) {
  /**
   * Whole answers of the full model, in milliseconds.
   *
   * @param alone one question with its image
   * @param second the second question about an image
   * @param together all questions about an image
   */
  public record Answers(double alone, double second, double together) {
    /** Returns the second question's time in percent of one asked alone. */
    public double secondPercent() {
      return 100 * second / alone;
    }

    /** Returns how many times as many questions are answered in a time than one by one. */
    public double speedup() {
      return ReuseTimes.QUESTIONS * alone / together;
    }
  }

  static Extrapolation of(
      int from, int to, BenchTimes times, @Nullable ReuseTimes reuse, double headPart) {
    double decode = times.decodePerToken().wall().median();
    double prefill = times.prefill().wall().median();
    double head = decode * headPart;
    double ratio = to / (double) from;
    // On very small models the estimate of the head may exceed the whole prompt.
    double fullPrefill = Math.max(0, prefill - head) * ratio + Math.min(head, prefill);
    double fullDecode = (decode - head) * ratio + head;
    double rest = times.firstToken().median() - prefill;
    return new Extrapolation(
        to,
        fullPrefill,
        fullDecode,
        fullPrefill + rest,
        reuse == null ? null : answers(reuse, times, head, ratio));
  }

  private static Answers answers(ReuseTimes reuse, BenchTimes times, double head, double ratio) {
    double image = times.encodeImage().wall().median();
    double heads = ReuseTimes.ANSWER_TOKENS * head;
    // A prompt each, and the other tokens in step, where the head is read once for all.
    int rounds = (ReuseTimes.QUESTIONS + times.slots() - 1) / times.slots();
    double allHeads = (ReuseTimes.QUESTIONS + rounds * (ReuseTimes.ANSWER_TOKENS - 1)) * head;
    return new Answers(
        full(reuse.alone().median(), image + heads, ratio),
        full(reuse.second().median(), heads, ratio),
        full(reuse.together().median(), image + allHeads, ratio));
  }

  private static double full(double measured, double fixed, double ratio) {
    return Math.min(measured, fixed) + Math.max(0, measured - fixed) * ratio;
  }
}
