package io.github.llavamed.image.internal.dicom;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.ImageInfo;
import io.github.llavamed.image.RgbImage;
import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.FrameDecoder;
import io.github.llavamed.image.internal.Rgb;
import io.github.llavamed.image.internal.dicom.DicomLayout.Photometric;
import io.github.llavamed.image.internal.jpeg.JpegSamples;
import io.github.llavamed.image.internal.jpeg.JpegSegments;
import io.github.llavamed.image.internal.jpeg.YccColor;

/**
 * Decodes and renders a frame of a DICOM file: plain little-endian samples, run lengths, or JPEG of
 * 8 bits.
 *
 * <p>Grey values become 8 bits through the first window of the file, or the range of the frame, and
 * count as {@link ColorMode#L}.
 */
public final class DicomDecoder implements FrameDecoder {
  @Override
  public ImageInfo info(EncodedImage image) {
    DicomLayout layout = DicomLayout.of(image, new DicomElements(image));
    return new ImageInfo(
        image.format(), mode(layout), layout.width(), layout.height(), layout.frames());
  }

  @Override
  public RgbImage decode(EncodedImage image) {
    DicomElements elements = new DicomElements(image);
    DicomLayout layout = DicomLayout.of(image, elements);
    byte[] samples =
        layout.syntax() == DicomSyntax.JPEG
            ? jpeg(image, elements, layout)
            : new DicomFrame(image, elements, layout).samples();
    return switch (layout.photometric()) {
      case MONOCHROME1, MONOCHROME2 ->
          Rgb.ofGray(
              layout.width(),
              layout.height(),
              new GrayRendering(image, elements, layout).render(samples),
              ColorMode.L);
      case PALETTE_COLOR ->
          new RgbImage(
              layout.width(),
              layout.height(),
              PaletteRendering.render(image, elements, layout, samples),
              ColorMode.P);
      case RGB, YBR_FULL, YBR_FULL_422 ->
          new RgbImage(
              layout.width(), layout.height(), color(image, layout, samples), ColorMode.RGB);
    };
  }

  private static ColorMode mode(DicomLayout layout) {
    if (layout.photometric().isColor()) {
      return ColorMode.RGB;
    }
    return layout.photometric() == Photometric.PALETTE_COLOR ? ColorMode.P : ColorMode.L;
  }

  /** Returns the samples of a JPEG frame; colours are RGB or luminance as the file declares. */
  private static byte[] jpeg(EncodedImage image, DicomElements elements, DicomLayout layout) {
    int[] range = new DicomFrame(image, elements, layout).range();
    JpegSegments jpeg = JpegSegments.read(image, range[0], range[1]);
    if (jpeg.width() != layout.width()
        || jpeg.height() != layout.height()
        || jpeg.components() != layout.samples()
        || layout.bytes() != 1) {
      throw image.broken(
          "pixel data",
          "%d x %d pixels of %d samples of 8 bits"
              .formatted(layout.width(), layout.height(), layout.samples()),
          "%d x %d of %d".formatted(jpeg.width(), jpeg.height(), jpeg.components()));
    }
    byte[] samples = JpegSamples.read(image, jpeg);
    boolean luminance =
        layout.photometric() == Photometric.RGB
            ? jpeg.declaresLuminance()
            : layout.photometric().isColor();
    if (luminance) {
      YccColor.toRgb(samples, 3);
    }
    return samples;
  }

  private static byte[] color(EncodedImage image, DicomLayout layout, byte[] samples) {
    if (layout.syntax() == DicomSyntax.JPEG) {
      return samples;
    }
    byte[] rgb = samples;
    boolean planes = layout.planar() && layout.syntax() == DicomSyntax.PLAIN;
    if (layout.photometric() == Photometric.YBR_FULL_422 && layout.syntax() == DicomSyntax.PLAIN) {
      rgb = unpackPairs(image, layout, samples);
    } else if (planes) {
      rgb = new byte[samples.length];
      int pixels = samples.length / 3;
      for (int i = 0; i < samples.length; i++) {
        rgb[i % pixels * 3 + i / pixels] = samples[i];
      }
    }
    if (layout.photometric() != Photometric.RGB) {
      YccColor.toRgb(rgb, 3);
    }
    return rgb;
  }

  /** Gives both pixels of a pair the chroma that they share: Y1 Y2 Cb Cr. */
  private static byte[] unpackPairs(EncodedImage image, DicomLayout layout, byte[] samples) {
    if (layout.width() % 2 != 0) {
      throw image.broken("columns", "an even number with YBR_FULL_422", layout.width());
    }
    byte[] ycc = new byte[samples.length / 2 * 3];
    for (int in = 0, out = 0; in < samples.length; in += 4, out += 6) {
      for (int k = 0; k < 2; k++) {
        ycc[out + 3 * k] = samples[in + k];
        ycc[out + 3 * k + 1] = samples[in + 2];
        ycc[out + 3 * k + 2] = samples[in + 3];
      }
    }
    return ycc;
  }
}
