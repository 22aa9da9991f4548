package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.internal.ByteView;
import io.github.llavamed.image.internal.EncodedImage;
import java.util.Arrays;

/** The headers of a VP8 key frame (RFC 6386, section 9), and its partitions. */
final class Vp8Header {
  private static final int SEGMENTS = 4;
  private static final int FRAME_HEADER = 10;

  final int width;
  final int height;
  final Vp8BoolDecoder modes;
  final Vp8BoolDecoder[] tokens;

  private boolean segmented;
  private boolean segmentMap;
  private boolean absoluteSegments = true;
  private final int[] segmentQuantizer = new int[SEGMENTS];
  private final int[] segmentFilter = new int[SEGMENTS];
  private final int[] segmentProbs = {255, 255, 255};
  private boolean simpleFilter;
  private int filterLevel;
  private int sharpness;
  private boolean filterDeltas;
  private final int[] referenceDeltas = new int[4];
  private final int[] modeDeltas = new int[4];
  private int skipProb = -1;

  final Vp8Steps[] steps = new Vp8Steps[SEGMENTS];
  final int[] coefficientProbs = Vp8Tables.coefficientProbs(); // [4, 8, 3, 11]

  Vp8Header(EncodedImage image, int from, int to) {
    ByteView in = image.littleEndian();
    if (to - from < FRAME_HEADER) {
      throw image.broken("VP8 frame", "a header of 10 bytes", to - from);
    }
    int tag = in.u8(from) | in.u16(from + 1L) << 8;
    boolean signature =
        in.u8(from + 3L) == 0x9d && in.u8(from + 4L) == 0x01 && in.u8(from + 5L) == 0x2a;
    if ((tag & 1) != 0 || (tag >> 1 & 7) > 3 || (tag >> 4 & 1) == 0 || !signature) {
      throw image.broken("VP8 frame", "a key frame that is shown", "%06x".formatted(tag));
    }
    width = in.u16(from + 6L) & 0x3fff;
    height = in.u16(from + 8L) & 0x3fff;
    image.checkSize(width, height, 2);
    int first = from + FRAME_HEADER;
    int firstEnd = Math.addExact(first, tag >> 5);
    if (firstEnd > to) {
      throw image.broken("VP8 frame", (tag >> 5) + " bytes of modes", to - first);
    }
    modes = new Vp8BoolDecoder(image, first, firstEnd);
    modes.flag(); // colour space: there is one only
    modes.flag(); // clamping is always done
    readSegments();
    readFilter();
    tokens = partitions(image, in, firstEnd, to);
    readSteps();
    modes.flag(); // probabilities are for this frame only, and there is no other
    readProbs();
    modes.checkNotEnded();
  }

  /** Reads the segment of the next macroblock. */
  int readSegment() {
    if (!segmentMap) {
      return 0;
    }
    return modes.bit(segmentProbs[0]) == 0
        ? modes.bit(segmentProbs[1])
        : 2 + modes.bit(segmentProbs[2]);
  }

  /** Reads whether the next macroblock has no coefficients. */
  boolean readSkip() {
    return skipProb >= 0 && modes.bit(skipProb) == 1;
  }

  /** Returns whether any macroblock may be filtered. */
  boolean filters() {
    return filterLevel != 0;
  }

  /** Returns whether luma alone is filtered, in the simple way. */
  boolean isSimpleFilter() {
    return simpleFilter;
  }

  /** Returns the sharpness of the filter, 0 to 7. */
  int sharpness() {
    return sharpness;
  }

  /** Returns the filter level of a macroblock, 0 to 63 (section 9.6). */
  int filterLevel(int segment, boolean subBlocks) {
    int level = filterLevel;
    if (segmented) {
      level = absoluteSegments ? segmentFilter[segment] : level + segmentFilter[segment];
    }
    if (filterDeltas) {
      level += referenceDeltas[0] + (subBlocks ? modeDeltas[0] : 0);
    }
    return Math.max(0, Math.min(63, level));
  }

  private void readSegments() {
    segmented = modes.flag();
    if (!segmented) {
      return;
    }
    segmentMap = modes.flag();
    if (modes.flag()) {
      absoluteSegments = modes.flag();
      for (int i = 0; i < SEGMENTS; i++) {
        segmentQuantizer[i] = modes.optionalSigned(7);
      }
      for (int i = 0; i < SEGMENTS; i++) {
        segmentFilter[i] = modes.optionalSigned(6);
      }
    }
    if (segmentMap) {
      for (int i = 0; i < segmentProbs.length; i++) {
        segmentProbs[i] = modes.flag() ? modes.number(8) : 255;
      }
    }
  }

  private void readFilter() {
    simpleFilter = modes.flag();
    filterLevel = modes.number(6);
    sharpness = modes.number(3);
    filterDeltas = modes.flag();
    if (filterDeltas && modes.flag()) {
      for (int[] deltas : new int[][] {referenceDeltas, modeDeltas}) {
        for (int i = 0; i < deltas.length; i++) {
          deltas[i] = modes.optionalSigned(6);
        }
      }
    }
  }

  private Vp8BoolDecoder[] partitions(EncodedImage image, ByteView in, int from, int to) {
    int count = 1 << modes.number(2);
    long at = from + 3L * (count - 1);
    if (at >= to) {
      throw image.broken("VP8 frame", count + " partitions of coefficients", "its end");
    }
    Vp8BoolDecoder[] partitions = new Vp8BoolDecoder[count];
    for (int i = 0; i < count; i++) {
      long size = in.u8(from + 3L * i) | in.u16(from + 3L * i + 1) << 8;
      long end = i == count - 1 ? to : at + size;
      if (end > to) {
        throw image.broken("VP8 frame", size + " bytes in partition " + i, to - at);
      }
      partitions[i] = new Vp8BoolDecoder(image, (int) at, (int) end);
      at = end;
    }
    return partitions;
  }

  private void readSteps() {
    int base = modes.number(7);
    int[] deltas = new int[5];
    Arrays.setAll(deltas, i -> modes.optionalSigned(4));
    for (int i = 0; i < SEGMENTS; i++) {
      int index = base;
      if (segmented) {
        index = absoluteSegments ? segmentQuantizer[i] : base + segmentQuantizer[i];
      }
      steps[i] = Vp8Steps.of(index, deltas);
    }
  }

  private void readProbs() {
    for (int i = 0; i < coefficientProbs.length; i++) {
      if (modes.bit(Vp8Tables.updateProb(i)) == 1) {
        coefficientProbs[i] = modes.number(8);
      }
    }
    if (modes.flag()) {
      skipProb = modes.number(8);
    }
  }
}
