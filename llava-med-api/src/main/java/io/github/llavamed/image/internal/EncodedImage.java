package io.github.llavamed.image.internal;

import io.github.llavamed.image.ImageFormat;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageRejectedException;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One encoded image on its way through a decoder: its bytes, its name, and the limits it must keep.
 *
 * @param name what messages call it
 * @param format the format that the first bytes announce
 * @param bytes the whole file; not changed
 * @param frame the frame that is meant, counted from 0
 * @param limits what it may ask for
 */
@SuppressWarnings("ArrayRecordComponent")
public record EncodedImage(
    String name, ImageFormat format, byte[] bytes, int frame, ImageLimits limits) {
  private static final int RGB_BYTES = 3;

  /** Tells the format and refuses what is none. */
  public static EncodedImage of(String name, byte[] bytes, int frame, ImageLimits limits) {
    Optional<ImageFormat> format = ImageFormat.of(bytes);
    if (format.isEmpty()) {
      throw new ImageRejectedException(
          "%s: expected the first bytes of PNG, JPEG, GIF, BMP, TIFF, WebP or DICOM, found %s;"
                  .formatted(name, head(bytes))
              + " convert the file to one of these");
    }
    return new EncodedImage(name, format.get(), bytes, frame, limits);
  }

  /** Returns little-endian access to the bytes. */
  public ByteView littleEndian() {
    return new ByteView(this, true);
  }

  /** Returns big-endian access to the bytes. */
  public ByteView bigEndian() {
    return new ByteView(this, false);
  }

  /** Returns the exception for a file that breaks a rule of its format. */
  public ImageRejectedException broken(String where, String expected, Object found) {
    return broken(where, expected, found, null);
  }

  /** Returns the exception for a broken file, with what a library reported. */
  public ImageRejectedException broken(
      String where, String expected, Object found, @Nullable Throwable cause) {
    return new ImageRejectedException(
        "%s (%s), %s: expected %s, found %s; the file is damaged, get a fresh copy"
            .formatted(name, format, where, expected, found),
        cause);
  }

  /** Returns the exception for a sound file that uses something this decoder does not know. */
  public ImageRejectedException unsupported(String where, String expected, Object found) {
    return new ImageRejectedException(
        "%s (%s), %s: expected %s, found %s; convert the file to PNG"
            .formatted(name, format, where, expected, found));
  }

  /**
   * Checks a frame's size before memory for it is reserved.
   *
   * @param workingBytesPerPixel what decoding keeps beside the RGB result
   */
  public void checkSize(long width, long height, int workingBytesPerPixel) {
    if (width < 1 || height < 1) {
      throw broken("size", "sides of at least 1", width + " x " + height);
    }
    if (width > limits.maxSide() || height > limits.maxSide()) {
      throw over("maxSide", "sides of at most " + limits.maxSide(), width + " x " + height);
    }
    long pixels = width * height; // both fit 31 bits
    if (pixels > limits.maxPixels()) {
      throw over(
          "maxPixels",
          "at most " + limits.maxPixels() + " pixels",
          "%d x %d = %d".formatted(width, height, pixels));
    }
    long working = pixels * (RGB_BYTES + workingBytesPerPixel);
    if (working > limits.maxWorkingBytes()) {
      throw over(
          "maxWorkingBytes",
          "at most " + limits.maxWorkingBytes() + " bytes of memory",
          "%d for %d x %d pixels".formatted(working, width, height));
    }
  }

  /** Checks the number of frames that the file declares or holds. */
  public void checkFrames(long frames) {
    if (frames > limits.maxFrames()) {
      throw over("maxFrames", "at most " + limits.maxFrames() + " frames", frames);
    }
  }

  private ImageRejectedException over(String limit, String expected, Object found) {
    return new ImageRejectedException(
        "%s (%s): expected %s, found %s; shrink the image or raise %s of the limits"
            .formatted(name, format, expected, found, limit));
  }

  private static String head(byte[] bytes) {
    if (bytes.length == 0) {
      return "an empty file";
    }
    StringBuilder hex = new StringBuilder();
    for (int i = 0; i < Math.min(bytes.length, 8); i++) {
      hex.append(String.format(Locale.ROOT, i == 0 ? "%02x" : " %02x", bytes[i]));
    }
    return hex.toString();
  }
}
