package io.github.llavamed.image;

import java.util.zip.CRC32;

/**
 * Where an image that is not square lies on the square it is padded to.
 *
 * <p>The original draws {@code difference / 2} or {@code difference / 2 + 1} at random for every
 * image; the default here is always the first.
 *
 * @param kind which of the two
 * @param seed decides the draws of {@link Kind#RANDOM}; 0 for the others
 */
public record PadOffset(Kind kind, long seed) {
  /** The ways to choose the offset. */
  public enum Kind {
    /** Half of the difference, rounded down. */
    FLOOR,
    /** One more than {@link #FLOOR}. */
    FLOOR_PLUS_ONE,
    /** One of the two, each with probability one half. */
    RANDOM
  }

  /** Half of the difference, rounded down: the default. */
  public static final PadOffset FLOOR = new PadOffset(Kind.FLOOR, 0);

  /** The other offset that the original may draw. */
  public static final PadOffset FLOOR_PLUS_ONE = new PadOffset(Kind.FLOOR_PLUS_ONE, 0);

  /**
   * Draws per image as the original does, but repeatably: the seed and the pixels decide, not the
   * order in which images are processed.
   */
  public static PadOffset random(long seed) {
    return new PadOffset(Kind.RANDOM, seed);
  }

  /** Returns the pixels to add to the rounded-down half: 0 or 1. */
  int extra(RgbImage image) {
    return switch (kind) {
      case FLOOR -> 0;
      case FLOOR_PLUS_ONE -> 1;
      case RANDOM -> draw(image);
    };
  }

  private int draw(RgbImage image) {
    CRC32 crc = new CRC32();
    crc.update(image.rgb());
    long mixed = (seed ^ crc.getValue()) * 0x9e3779b97f4a7c15L;
    return (int) (mixed >>> 63);
  }
}
