package io.github.llavamed.image;

import io.github.llavamed.image.internal.BufferedImages;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * An image that somebody hands in: a file, encoded bytes, or pixels already in memory.
 *
 * <p>Immutable and safe for concurrent use. A file is opened each time the image is used; bytes and
 * pixels are copied when the object is made.
 */
public final class ImageInput {
  private final String name;
  private final @Nullable Path file;
  private final byte @Nullable [] bytes;
  private final @Nullable RgbImage pixels;
  private final int frame;

  private ImageInput(
      String name,
      @Nullable Path file,
      byte @Nullable [] bytes,
      @Nullable RgbImage pixels,
      int frame) {
    this.name = name;
    this.file = file;
    this.bytes = bytes;
    this.pixels = pixels;
    this.frame = frame;
  }

  /** Returns the image in a file, named after it; the file is not opened yet. */
  public static ImageInput of(Path file) {
    return new ImageInput(file.toString(), Objects.requireNonNull(file), null, null, 0);
  }

  /** Returns the image encoded in the bytes, which are copied. */
  public static ImageInput of(byte[] bytes) {
    return of(bytes, "image of " + bytes.length + " bytes");
  }

  /** Returns the image encoded in the bytes, which are copied, with a name for messages. */
  public static ImageInput of(byte[] bytes, String name) {
    return new ImageInput(name, null, bytes.clone(), null, 0);
  }

  /**
   * Returns the image in memory; its pixels are copied.
   *
   * <p>Alpha is dropped, grey of 16 bits is clipped to 0..255 and never scaled, as with files.
   *
   * @throws ImageRejectedException if the colour model is neither grey, RGB nor a palette
   */
  public static ImageInput of(BufferedImage image) {
    String name = "image in memory of " + image.getWidth() + " x " + image.getHeight();
    return new ImageInput(name, null, null, BufferedImages.toRgb(image, name), 0);
  }

  /** Returns the decoded image, which is shared, with a name for messages. */
  public static ImageInput of(RgbImage image, String name) {
    return new ImageInput(name, null, null, Objects.requireNonNull(image), 0);
  }

  /**
   * Returns the same image at another frame or page of its file, counted from 0.
   *
   * <p>TIFF and DICOM files have frames that can be chosen; other files give their first frame.
   */
  public ImageInput withFrame(int frame) {
    if (frame < 0) {
      throw new IllegalArgumentException("frame: expected at least 0, found " + frame);
    }
    return new ImageInput(name, file, bytes, pixels, frame);
  }

  /** Returns what messages call this image. */
  public String name() {
    return name;
  }

  /** Returns the frame or page that is meant, counted from 0. */
  public int frame() {
    return frame;
  }

  /** Returns the decoded pixels if there is no file behind this image, or null. */
  @Nullable RgbImage pixels() {
    return pixels;
  }

  /** Reads the encoded bytes, not more than allowed; the array must not be changed. */
  byte[] read(ImageLimits limits) throws IOException {
    if (bytes != null) {
      checkSize(bytes.length, limits);
      return bytes;
    }
    Path path = Objects.requireNonNull(file);
    checkSize(Files.size(path), limits);
    int most = (int) Math.min(limits.maxBytes(), Integer.MAX_VALUE - 8);
    try (InputStream stream = Files.newInputStream(path)) {
      // A pipe has no size and a file can grow: read at most one byte more than allowed.
      byte[] read = stream.readNBytes(most == Integer.MAX_VALUE - 8 ? most : most + 1);
      checkSize(read.length, limits);
      return read;
    }
  }

  private void checkSize(long size, ImageLimits limits) {
    if (size > limits.maxBytes()) {
      throw new ImageRejectedException(
          "%s: expected at most %d bytes (maxBytes), found %d; shrink the file or raise the limit"
              .formatted(name, limits.maxBytes(), size));
    }
  }

  @Override
  public String toString() {
    return "ImageInput[" + name + (frame == 0 ? "]" : ", frame " + frame + "]");
  }
}
