package io.github.llavamed.image.internal;

import io.github.llavamed.image.ImageInfo;
import io.github.llavamed.image.RgbImage;

/** Decodes one format; without state, safe for concurrent use. */
public interface FrameDecoder {
  /** Reads and checks the header. */
  ImageInfo info(EncodedImage image);

  /** Decodes the frame that is meant, after checking the header against the limits. */
  RgbImage decode(EncodedImage image);
}
