package io.github.llavamed.image.internal;

import io.github.llavamed.image.internal.dicom.DicomDecoder;
import io.github.llavamed.image.internal.jpeg.JpegDecoder;
import io.github.llavamed.image.internal.tiff.TiffDecoder;
import io.github.llavamed.image.internal.webp.WebpDecoder;

/** Picks the decoder of an image's format. */
public final class FrameDecoders {
  private FrameDecoders() {}

  /** Returns the decoder of the format that the image announces. */
  public static FrameDecoder of(EncodedImage image) {
    return switch (image.format()) {
      case PNG -> new PngDecoder();
      case JPEG -> new JpegDecoder();
      case GIF -> new GifDecoder();
      case BMP -> new BmpDecoder();
      case TIFF -> new TiffDecoder();
      case WEBP -> new WebpDecoder();
      case DICOM -> new DicomDecoder();
    };
  }
}
