package io.github.llavamed.image;

/**
 * How much an image may ask for before it is refused; all are checked on the header, before any
 * memory for pixels is reserved.
 *
 * @param maxBytes size of the encoded file in bytes, at least 1
 * @param maxPixels width times height of one frame, 1 to 715,827,882 (three bytes each must fit an
 *     array)
 * @param maxSide width or height of one frame in pixels, at least 1
 * @param maxFrames number of frames or pages that a file may hold, at least 1
 * @param maxWorkingBytes memory that decoding one frame may take, estimated from the header, at
 *     least 1
 */
public record ImageLimits(
    long maxBytes, long maxPixels, int maxSide, int maxFrames, long maxWorkingBytes) {
  /** 512 MiB of encoded file. */
  public static final long DEFAULT_MAX_BYTES = 512L << 20;

  /** Where Pillow raises {@code DecompressionBombError}: twice its {@code MAX_IMAGE_PIXELS}. */
  public static final long DEFAULT_MAX_PIXELS = 178_956_970L;

  /** The largest side that JPEG can store. */
  public static final int DEFAULT_MAX_SIDE = 65_535;

  /** Frames of a file; more than any series in one file needs. */
  public static final int DEFAULT_MAX_FRAMES = 65_536;

  private static final long MOST_PIXELS = Integer.MAX_VALUE / 3;

  /** Checks that each limit lies in its range. */
  public ImageLimits {
    check("maxBytes", maxBytes, Long.MAX_VALUE);
    check("maxPixels", maxPixels, MOST_PIXELS);
    check("maxSide", maxSide, Integer.MAX_VALUE);
    check("maxFrames", maxFrames, Integer.MAX_VALUE);
    check("maxWorkingBytes", maxWorkingBytes, Long.MAX_VALUE);
  }

  /** Returns the default limits; decoding may take three quarters of the virtual machine's heap. */
  public static ImageLimits defaults() {
    return new ImageLimits(
        DEFAULT_MAX_BYTES,
        DEFAULT_MAX_PIXELS,
        DEFAULT_MAX_SIDE,
        DEFAULT_MAX_FRAMES,
        Runtime.getRuntime().maxMemory() / 4 * 3);
  }

  /** Returns these limits with another largest file size in bytes. */
  public ImageLimits withMaxBytes(long bytes) {
    return new ImageLimits(bytes, maxPixels, maxSide, maxFrames, maxWorkingBytes);
  }

  /** Returns these limits with another largest number of pixels. */
  public ImageLimits withMaxPixels(long pixels) {
    return new ImageLimits(maxBytes, pixels, maxSide, maxFrames, maxWorkingBytes);
  }

  /** Returns these limits with another largest side in pixels. */
  public ImageLimits withMaxSide(int side) {
    return new ImageLimits(maxBytes, maxPixels, side, maxFrames, maxWorkingBytes);
  }

  /** Returns these limits with another largest number of frames. */
  public ImageLimits withMaxFrames(int frames) {
    return new ImageLimits(maxBytes, maxPixels, maxSide, frames, maxWorkingBytes);
  }

  /** Returns these limits with another bound on the memory of one decoding, in bytes. */
  public ImageLimits withMaxWorkingBytes(long bytes) {
    return new ImageLimits(maxBytes, maxPixels, maxSide, maxFrames, bytes);
  }

  private static void check(String name, long value, long most) {
    if (value < 1 || value > most) {
      throw new IllegalArgumentException(
          "%s: expected 1 to %d, found %d".formatted(name, most, value));
    }
  }
}
