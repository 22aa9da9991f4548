package io.github.llavamed.cli.bench;

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
 */
public record Extrapolation(
    int layers, double prefillMillis, double decodeMillis, double firstTokenMillis) {

  static Extrapolation of(int from, int to, BenchTimes times, double headPart) {
    double decode = times.decodePerToken().wall().median();
    double prefill = times.prefill().wall().median();
    double head = decode * headPart;
    double ratio = to / (double) from;
    // On very small models the estimate of the head may exceed the whole prompt.
    double fullPrefill = Math.max(0, prefill - head) * ratio + Math.min(head, prefill);
    double fullDecode = (decode - head) * ratio + head;
    double rest = times.firstToken().median() - prefill;
    return new Extrapolation(to, fullPrefill, fullDecode, fullPrefill + rest);
  }
}
