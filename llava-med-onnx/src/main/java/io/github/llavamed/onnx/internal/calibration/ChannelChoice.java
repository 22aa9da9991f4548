package io.github.llavamed.onnx.internal.calibration;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Chooses the channels of a product's input whose removal lets the rest be rounded most finely.
 *
 * <p>A row is rounded in steps of its largest value, so the error of a product grows with the
 * square of that value relative to the row's size. The choice is greedy: again and again that
 * channel goes which lowers the sum of these squares most.
 *
 * @param groups channels that must go together: channel c belongs to group {@code groups[c]}
 */
@SuppressWarnings("ArrayRecordComponent")
record ChannelChoice(int[] groups) {
  private static final double MANY_MEANS = 4;

  /** Returns a choice among channels that are independent of one another. */
  static ChannelChoice independent(int width) {
    return new ChannelChoice(IntStream.range(0, width).toArray());
  }

  /**
   * Returns a choice among channels of attention heads: the same place of all query heads that
   * share a value head is one group, since it is computed from one value channel.
   */
  static ChannelChoice sharedValues(int heads, int keyValueHeads, int headWidth) {
    int shared = heads / keyValueHeads;
    return new ChannelChoice(
        IntStream.range(0, heads * headWidth)
            .map(c -> c / headWidth / shared * headWidth + c % headWidth)
            .toArray());
  }

  /**
   * Chooses groups.
   *
   * @param rowsByPrompt // [s, width] each
   * @param count groups to choose at most
   * @return the channels of the chosen groups, ascending
   */
  int[] choose(List<float[]> rowsByPrompt, int count) {
    int groupCount = Arrays.stream(groups).max().orElse(-1) + 1;
    int wanted = Math.min(count, groupCount / 2);
    double[][] rows =
        rowsByPrompt.stream()
            .parallel()
            .flatMap(
                prompt ->
                    IntStream.range(0, prompt.length / groups.length)
                        .mapToObj(r -> relative(prompt, r, groupCount)))
            .toArray(double[][]::new);
    int[][] largestFirst =
        Arrays.stream(rows).parallel().map(row -> largest(row, wanted + 1)).toArray(int[][]::new);
    boolean[] chosen = new boolean[groupCount];
    for (int n = 0; n < wanted; n++) {
      double[] gain = new double[groupCount];
      for (int r = 0; r < rows.length; r++) {
        addGain(rows[r], largestFirst[r], chosen, gain);
      }
      int best = IntStream.range(0, groupCount).reduce(0, (a, b) -> gain[b] > gain[a] ? b : a);
      if (!(gain[best] > 0)) {
        break;
      }
      chosen[best] = true;
    }
    return IntStream.range(0, groups.length).filter(c -> chosen[groups[c]]).toArray();
  }

  /** Credits a row's largest remaining group with what its removal would gain. */
  private static void addGain(double[] row, int[] order, boolean[] chosen, double[] gain) {
    int first = -1;
    for (int group : order) {
      if (!chosen[group]) {
        if (first >= 0) {
          gain[first] += row[first] - row[group];
          return;
        }
        first = group;
      }
    }
  }

  /** Returns the squares of a row's groups relative to its mean square. */
  private double[] relative(float[] rows, int row, int groupCount) {
    double[] squares = new double[groupCount];
    double sum = 0;
    for (int c = 0; c < groups.length; c++) {
      double square = (double) rows[row * groups.length + c] * rows[row * groups.length + c];
      sum += square;
      squares[groups[c]] = Math.max(squares[groups[c]], square);
    }
    double mean = Math.max(sum / groups.length, Double.MIN_NORMAL);
    for (int g = 0; g < groupCount; g++) {
      squares[g] /= mean;
    }
    return squares;
  }

  private static int[] largest(double[] row, int count) {
    // Few channels are this far above the mean, which spares sorting all of them.
    double[] candidates = Arrays.stream(row).filter(square -> square > MANY_MEANS).toArray();
    double[] sorted = candidates.length >= count ? candidates : row.clone();
    Arrays.sort(sorted);
    double threshold = sorted[Math.max(0, sorted.length - count)];
    return IntStream.range(0, row.length)
        .filter(c -> row[c] >= threshold)
        .boxed()
        .sorted((a, b) -> Double.compare(row[b], row[a]))
        .limit(count)
        .mapToInt(Integer::intValue)
        .toArray();
  }
}
