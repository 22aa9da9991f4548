package io.github.llavamed.image.internal.dicom;

import io.github.llavamed.image.ImageInfo;
import io.github.llavamed.image.RgbImage;
import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.FrameDecoder;

/** Refuses DICOM files. */
public final class DicomDecoder implements FrameDecoder {
  @Override
  public ImageInfo info(EncodedImage image) {
    throw image.unsupported("file", "an image that is no DICOM file", "DICOM");
  }

  @Override
  public RgbImage decode(EncodedImage image) {
    throw image.unsupported("file", "an image that is no DICOM file", "DICOM");
  }
}
