package io.github.llavamed.image;

import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.FrameDecoders;
import java.io.IOException;
import java.util.Objects;

/**
 * Turns encoded images into 8-bit RGB exactly as Pillow 9.4 does with {@code convert("RGB")}.
 *
 * <p>Alpha, gamma, ICC profiles and the Exif orientation of JPEG are ignored; grey of more than 8
 * bits is clipped to 0..255, colours of 16 bits keep their high byte; of several frames the first
 * is taken. The format is told by the first bytes, never by the file's name. Truncated and broken
 * files are refused, never filled up.
 *
 * <p>Immutable and safe for concurrent use.
 */
public final class ImageDecoder {
  private final ImageLimits limits;

  private ImageDecoder(ImageLimits limits) {
    this.limits = limits;
  }

  /** Creates a decoder that keeps the limits. */
  public static ImageDecoder create(ImageLimits limits) {
    return new ImageDecoder(Objects.requireNonNull(limits));
  }

  /**
   * Reads the header only.
   *
   * @throws ImageRejectedException if the image is broken, unknown or over a limit
   * @throws IOException if the file cannot be read
   */
  public ImageInfo info(ImageInput input) throws IOException {
    EncodedImage image = open(input);
    return FrameDecoders.of(image).info(image);
  }

  /**
   * Decodes the frame that the input names.
   *
   * @throws ImageRejectedException if the image is broken, unknown or over a limit
   * @throws IOException if the file cannot be read
   */
  public RgbImage decode(ImageInput input) throws IOException {
    RgbImage pixels = input.pixels();
    if (pixels != null) {
      return pixels;
    }
    EncodedImage image = open(input);
    return FrameDecoders.of(image).decode(image);
  }

  private EncodedImage open(ImageInput input) throws IOException {
    if (input.pixels() != null) {
      throw new IllegalArgumentException(input.name() + ": is not encoded, it has no header");
    }
    return EncodedImage.of(input.name(), input.read(limits), input.frame(), limits);
  }
}
