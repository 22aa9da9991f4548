package io.github.llavamed.image.internal.jpeg;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.ImageInfo;
import io.github.llavamed.image.RgbImage;
import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.FrameDecoder;
import io.github.llavamed.image.internal.Rgb;

/**
 * Decodes JPEG with one, three or four components.
 *
 * <p>The colour space is guessed as libjpeg does. Files with four components hold inverted values,
 * with or without Adobe's marker, as Pillow assumes.
 */
public final class JpegDecoder implements FrameDecoder {
  @Override
  public ImageInfo info(EncodedImage image) {
    JpegSegments jpeg = JpegSegments.read(image);
    image.checkSize(jpeg.width(), jpeg.height(), 0);
    ColorMode mode =
        switch (jpeg.components()) {
          case 1 -> ColorMode.L;
          case 3 -> ColorMode.RGB;
          default -> ColorMode.CMYK;
        };
    return new ImageInfo(image.format(), mode, jpeg.width(), jpeg.height(), 1);
  }

  @Override
  public RgbImage decode(EncodedImage image) {
    JpegSegments jpeg = JpegSegments.read(image);
    byte[] samples = JpegSamples.read(image, jpeg); // [height, width, components]
    return switch (jpeg.components()) {
      case 1 -> Rgb.ofGray(jpeg.width(), jpeg.height(), samples, ColorMode.L);
      case 3 -> {
        if (jpeg.hasLuminance()) {
          YccColor.toRgb(samples, 3);
        }
        yield new RgbImage(jpeg.width(), jpeg.height(), samples, ColorMode.RGB);
      }
      default -> fromFour(jpeg, samples);
    };
  }

  private static RgbImage fromFour(JpegSegments jpeg, byte[] samples) {
    if (jpeg.hasLuminance()) {
      YccColor.toRgb(samples, 4);
    }
    byte[] rgb = new byte[samples.length / 4 * 3];
    // Luminance gives RGB, which is the complement of the stored CMY; stored values are inverted.
    int flip = jpeg.hasLuminance() ? 0 : 255;
    for (int in = 0, out = 0; in < samples.length; in += 4, out += 3) {
      Rgb.fromCmyk(
          (samples[in] & 0xff) ^ flip,
          (samples[in + 1] & 0xff) ^ flip,
          (samples[in + 2] & 0xff) ^ flip,
          (samples[in + 3] & 0xff) ^ 255,
          rgb,
          out);
    }
    return new RgbImage(jpeg.width(), jpeg.height(), rgb, ColorMode.CMYK);
  }
}
