package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.internal.Rgb;
import java.util.Arrays;

/** Predicts blocks from the samples above and on the left (RFC 6386, section 12). */
final class Vp8Prediction {
  static final int DC = 0;
  static final int TRUE_MOTION = 1;
  static final int VERTICAL = 2;
  static final int HORIZONTAL = 3;
  private static final int LEFT_DOWN = 4;
  private static final int RIGHT_DOWN = 5;
  private static final int VERTICAL_RIGHT = 6;
  private static final int VERTICAL_LEFT = 7;
  private static final int HORIZONTAL_DOWN = 8;

  private Vp8Prediction() {}

  /** Predicts a whole macroblock of luma (size 16) or chroma (size 8). */
  static void block(Vp8Plane plane, int x, int y, int size, int mode) {
    switch (mode) {
      case DC -> fill(plane, x, y, size, blockDc(plane, x, y, size));
      case TRUE_MOTION -> trueMotion(plane, x, y, size);
      case VERTICAL -> {
        for (int j = 0; j < size; j++) {
          System.arraycopy(
              plane.samples, plane.at(x, y - 1), plane.samples, plane.at(x, y + j), size);
        }
      }
      default -> {
        for (int j = 0; j < size; j++) {
          int row = plane.at(x, y + j);
          Arrays.fill(plane.samples, row, row + size, plane.samples[row - 1]);
        }
      }
    }
  }

  /**
   * Predicts a 4 x 4 block of luma.
   *
   * @param right the four samples above, right of those above the block
   */
  static void subBlock(Vp8Plane plane, int x, int y, int mode, int[] right) {
    // The samples around the block from the lower left to the upper right; e[4] is the corner.
    int[] e = new int[13];
    for (int i = 0; i < 4; i++) {
      e[i] = plane.get(x - 1, y + 3 - i);
      e[5 + i] = plane.get(x + i, y - 1);
      e[9 + i] = right[i];
    }
    e[4] = plane.get(x - 1, y - 1);
    switch (mode) {
      case DC -> {
        int sum = 4;
        for (int i = 0; i < 4; i++) {
          sum += e[i] + e[5 + i];
        }
        fill(plane, x, y, 4, sum >> 3);
      }
      case TRUE_MOTION -> trueMotion(plane, x, y, 4);
      case VERTICAL -> put(plane, x, y, (i, j) -> three(e, 5 + i));
      case HORIZONTAL ->
          put(plane, x, y, (i, j) -> j == 3 ? e[1] + 3 * e[0] + 2 >> 2 : three(e, 3 - j));
      case LEFT_DOWN ->
          put(plane, x, y, (i, j) -> i + j == 6 ? e[11] + 3 * e[12] + 2 >> 2 : three(e, 6 + i + j));
      case RIGHT_DOWN -> put(plane, x, y, (i, j) -> three(e, 4 + i - j));
      case VERTICAL_RIGHT -> put(plane, x, y, (i, j) -> verticalRight(e, i, j));
      case VERTICAL_LEFT -> put(plane, x, y, (i, j) -> verticalLeft(e, i, j));
      case HORIZONTAL_DOWN -> put(plane, x, y, (i, j) -> horizontalDown(e, i, j));
      default -> put(plane, x, y, (i, j) -> horizontalUp(e, i + 2 * j));
    }
  }

  private static int verticalRight(int[] e, int i, int j) {
    int d = 2 * i - j;
    if (d < -1) {
      return three(e, 5 + d);
    }
    if (d == -1) {
      return three(e, 4);
    }
    return d % 2 == 0 ? two(e, 4 + d / 2) : three(e, 4 + d / 2 + 1);
  }

  private static int verticalLeft(int[] e, int i, int j) {
    if (i == 3 && j >= 2) {
      return three(e, j == 2 ? 10 : 11);
    }
    int d = i + j / 2;
    return j % 2 == 0 ? two(e, 5 + d) : three(e, 6 + d);
  }

  private static int horizontalDown(int[] e, int i, int j) {
    int d = 2 * j - i;
    if (d < -1) {
      return three(e, 3 - d);
    }
    if (d == -1) {
      return three(e, 4);
    }
    return d % 2 == 0 ? two(e, 3 - d / 2) : three(e, 3 - d / 2);
  }

  private static int horizontalUp(int[] e, int d) {
    if (d > 5) {
      return e[0];
    }
    if (d == 5) {
      return e[1] + 3 * e[0] + 2 >> 2;
    }
    return d % 2 == 0 ? two(e, 2 - d / 2) : three(e, 2 - d / 2);
  }

  private interface Sample {
    int at(int i, int j);
  }

  private static void put(Vp8Plane plane, int x, int y, Sample sample) {
    for (int j = 0; j < 4; j++) {
      for (int i = 0; i < 4; i++) {
        plane.samples[plane.at(x + i, y + j)] = (byte) sample.at(i, j);
      }
    }
  }

  /** Returns the rounded mean of a sample and the next. */
  private static int two(int[] e, int i) {
    return e[i] + e[i + 1] + 1 >> 1;
  }

  /** Returns the weighted mean of a sample and its two neighbours. */
  private static int three(int[] e, int i) {
    return e[i - 1] + 2 * e[i] + e[i + 1] + 2 >> 2;
  }

  private static int blockDc(Vp8Plane plane, int x, int y, int size) {
    int shift = size == 16 ? 4 : 3;
    int sum = 0;
    for (int i = 0; i < size; i++) {
      sum += (y > 0 ? plane.get(x + i, y - 1) : 0) + (x > 0 ? plane.get(x - 1, y + i) : 0);
    }
    if (x > 0 && y > 0) {
      shift++;
    } else if (x == 0 && y == 0) {
      return 128;
    }
    return sum + (1 << shift >> 1) >> shift;
  }

  private static void trueMotion(Vp8Plane plane, int x, int y, int size) {
    int corner = plane.get(x - 1, y - 1);
    for (int j = 0; j < size; j++) {
      int left = plane.get(x - 1, y + j) - corner;
      for (int i = 0; i < size; i++) {
        plane.samples[plane.at(x + i, y + j)] = Rgb.clip(left + plane.get(x + i, y - 1));
      }
    }
  }

  private static void fill(Vp8Plane plane, int x, int y, int size, int value) {
    for (int j = 0; j < size; j++) {
      int row = plane.at(x, y + j);
      Arrays.fill(plane.samples, row, row + size, (byte) value);
    }
  }
}
