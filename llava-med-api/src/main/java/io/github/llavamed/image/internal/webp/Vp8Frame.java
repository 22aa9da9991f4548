package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.internal.EncodedImage;
import java.util.Arrays;

/**
 * Decodes one VP8 key frame (RFC 6386) to planes of luma and chroma.
 *
 * <p>Blocks are predicted from samples that are not filtered yet, so the whole frame is rebuilt
 * first and filtered afterwards.
 */
final class Vp8Frame {
  private static final int LUMA_WITHOUT_DC = 0;
  private static final int SECOND_ORDER = 1;
  private static final int CHROMA = 2;
  private static final int LUMA = 3;

  private final Vp8Header header;
  private final Vp8Coefficients coefficients;
  private final int columns;
  private final int rows;
  private final Vp8Plane luma;
  private final Vp8Plane blue;
  private final Vp8Plane red;
  private final Vp8LoopFilter filter;

  // What the blocks above and on the left say about the next ones.
  private final int[] modesAbove; // [columns * 4]
  private final int[] modesLeft = new int[4];
  private final boolean[] coefficientsAbove; // [columns * 9]: 4 luma, 2 + 2 chroma, second order
  private final boolean[] coefficientsLeft = new boolean[9];

  private final int[] block = new int[24 * 16]; // 16 luma, 4 + 4 chroma
  private final int[] secondOrder = new int[16];
  private final int[] subModes = new int[16];

  Vp8Frame(EncodedImage image, int from, int to) {
    header = new Vp8Header(image, from, to);
    coefficients = new Vp8Coefficients(header.coefficientProbs);
    columns = (header.width + 15) / 16;
    rows = (header.height + 15) / 16;
    luma = new Vp8Plane(columns * 16, rows * 16);
    blue = new Vp8Plane(columns * 8, rows * 8);
    red = new Vp8Plane(columns * 8, rows * 8);
    filter = new Vp8LoopFilter(header, columns, rows);
    modesAbove = new int[columns * 4];
    coefficientsAbove = new boolean[columns * 9];
  }

  int width() {
    return header.width;
  }

  int height() {
    return header.height;
  }

  /** Decodes the frame; returns its RGB. // [height, width, 3] */
  byte[] decode() {
    for (int y = 0; y < rows; y++) {
      Arrays.fill(modesLeft, 0);
      Arrays.fill(coefficientsLeft, false);
      Vp8BoolDecoder tokens = header.tokens[y % header.tokens.length];
      for (int x = 0; x < columns; x++) {
        macroblock(x, y, tokens);
      }
      header.modes.checkNotEnded();
      tokens.checkNotEnded();
    }
    filter.apply(luma, blue, red);
    return Vp8Colors.toRgb(luma, blue, red, header.width, header.height);
  }

  private void macroblock(int x, int y, Vp8BoolDecoder tokens) {
    int segment = header.readSegment();
    boolean skipped = header.readSkip();
    int lumaMode = readLumaMode(x);
    boolean subBlocks = lumaMode < 0;
    int chromaMode = readChromaMode();
    boolean empty = true;
    if (skipped) {
      noCoefficients(x, subBlocks);
    } else {
      empty = readCoefficients(x, subBlocks, header.steps[segment], tokens);
    }
    if (subBlocks) {
      rebuildSubBlocks(x, y);
    } else {
      Vp8Prediction.block(luma, x * 16, y * 16, 16, lumaMode);
      for (int i = 0; i < 16 && !empty; i++) {
        Vp8Transform.add(
            block,
            i * 16,
            luma.samples,
            luma.at(x * 16 + i % 4 * 4, y * 16 + i / 4 * 4),
            luma.stride);
      }
    }
    rebuildChroma(blue, x, y, chromaMode, empty, 16);
    rebuildChroma(red, x, y, chromaMode, empty, 20);
    filter.set(x, y, header.filterLevel(segment, subBlocks), subBlocks || !empty);
  }

  /** Reads the luma mode; -1 means that each sub-block has its own. */
  private int readLumaMode(int x) {
    Vp8BoolDecoder in = header.modes;
    if (in.bit(145) == 1) {
      int mode;
      if (in.bit(156) == 1) {
        mode = in.bit(128) == 1 ? Vp8Prediction.TRUE_MOTION : Vp8Prediction.HORIZONTAL;
      } else {
        mode = in.bit(163) == 1 ? Vp8Prediction.VERTICAL : Vp8Prediction.DC;
      }
      Arrays.fill(modesAbove, x * 4, x * 4 + 4, mode);
      Arrays.fill(modesLeft, mode);
      return mode;
    }
    for (int i = 0; i < 16; i++) {
      int mode = readSubMode(modesAbove[x * 4 + i % 4], modesLeft[i / 4]);
      subModes[i] = mode;
      modesAbove[x * 4 + i % 4] = mode;
      modesLeft[i / 4] = mode;
    }
    return -1;
  }

  /** Reads the mode of a sub-block (section 11.2). */
  private int readSubMode(int above, int left) {
    int[] tree = {0, 2, -1, 4, -2, 6, 8, 12, -3, 10, -5, -6, -4, 14, -7, 16, -8, -9};
    int node = 0;
    do {
      node = tree[node + header.modes.bit(Vp8Tables.subModeProb(above, left, node / 2))];
    } while (node > 0);
    return -node;
  }

  private int readChromaMode() {
    Vp8BoolDecoder in = header.modes;
    if (in.bit(142) == 0) {
      return Vp8Prediction.DC;
    }
    if (in.bit(114) == 0) {
      return Vp8Prediction.VERTICAL;
    }
    return in.bit(183) == 0 ? Vp8Prediction.HORIZONTAL : Vp8Prediction.TRUE_MOTION;
  }

  private void noCoefficients(int x, boolean subBlocks) {
    Arrays.fill(block, 0);
    // Without a second-order block its context stays that of the block before.
    int count = subBlocks ? 8 : 9;
    Arrays.fill(coefficientsAbove, x * 9, x * 9 + count, false);
    Arrays.fill(coefficientsLeft, 0, count, false);
  }

  /** Reads all blocks of a macroblock; returns whether none has a coefficient. */
  private boolean readCoefficients(
      int x, boolean subBlocks, Vp8Steps steps, Vp8BoolDecoder tokens) {
    Arrays.fill(block, 0);
    int type = LUMA;
    int first = 0;
    if (!subBlocks) {
      Arrays.fill(secondOrder, 0);
      int end =
          coefficients.read(
              tokens,
              SECOND_ORDER,
              context(x, 8, 8),
              0,
              steps.secondDc(),
              steps.secondAc(),
              secondOrder,
              0);
      mark(x, 8, 8, end > 0);
      Vp8Transform.spreadDc(secondOrder, block);
      type = LUMA_WITHOUT_DC;
      first = 1;
    }
    for (int i = 0; i < 16; i++) {
      int context = context(x, i % 4, i / 4);
      int end =
          coefficients.read(
              tokens, type, context, first, steps.lumaDc(), steps.lumaAc(), block, i * 16);
      mark(x, i % 4, i / 4, end > first);
    }
    for (int i = 0; i < 8; i++) {
      int above = 4 + i / 4 * 2 + i % 2;
      int left = 4 + i / 4 * 2 + i % 4 / 2;
      int context = context(x, above, left);
      int end =
          coefficients.read(
              tokens, CHROMA, context, 0, steps.chromaDc(), steps.chromaAc(), block, (16 + i) * 16);
      mark(x, above, left, end > 0);
    }
    for (int value : block) {
      if (value != 0) {
        return false;
      }
    }
    return true;
  }

  private int context(int x, int above, int left) {
    return (coefficientsAbove[x * 9 + above] ? 1 : 0) + (coefficientsLeft[left] ? 1 : 0);
  }

  private void mark(int x, int above, int left, boolean has) {
    coefficientsAbove[x * 9 + above] = has;
    coefficientsLeft[left] = has;
  }

  private void rebuildSubBlocks(int x, int y) {
    int[] corner = cornerAbove(x, y);
    int[] right = new int[4];
    for (int i = 0; i < 16; i++) {
      int left = x * 16 + i % 4 * 4;
      int top = y * 16 + i / 4 * 4;
      if (i % 4 == 3) {
        System.arraycopy(corner, 0, right, 0, 4);
      } else {
        for (int k = 0; k < 4; k++) {
          right[k] = luma.get(left + 4 + k, top - 1);
        }
      }
      Vp8Prediction.subBlock(luma, left, top, subModes[i], right);
      Vp8Transform.add(block, i * 16, luma.samples, luma.at(left, top), luma.stride);
    }
  }

  /** Returns the four samples above the next macroblock, which all rows of the last column use. */
  private int[] cornerAbove(int x, int y) {
    int[] corner = new int[4];
    for (int k = 0; k < 4; k++) {
      boolean outside = y > 0 && x == columns - 1;
      corner[k] = luma.get(outside ? x * 16 + 15 : x * 16 + 16 + k, y * 16 - 1);
    }
    return corner;
  }

  private void rebuildChroma(
      Vp8Plane plane, int x, int y, int mode, boolean empty, int firstBlock) {
    Vp8Prediction.block(plane, x * 8, y * 8, 8, mode);
    for (int i = 0; i < 4 && !empty; i++) {
      int at = plane.at(x * 8 + i % 2 * 4, y * 8 + i / 2 * 4);
      Vp8Transform.add(block, (firstBlock + i) * 16, plane.samples, at, plane.stride);
    }
  }
}
