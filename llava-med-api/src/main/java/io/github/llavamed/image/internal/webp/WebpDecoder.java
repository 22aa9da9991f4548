package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.ImageInfo;
import io.github.llavamed.image.RgbImage;
import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.FrameDecoder;

/**
 * Decodes the first frame of a WebP file on its canvas.
 *
 * <p>Alpha is dropped, not composited; the canvas around a smaller frame is black.
 */
public final class WebpDecoder implements FrameDecoder {
  @Override
  public ImageInfo info(EncodedImage image) {
    WebpContainer webp = WebpContainer.read(image);
    return new ImageInfo(image.format(), webp.mode(), webp.width(), webp.height(), webp.frames());
  }

  @Override
  public RgbImage decode(EncodedImage image) {
    WebpContainer webp = WebpContainer.read(image);
    byte[] frame =
        webp.lossless()
            ? new Vp8lFrame(image, webp.from(), webp.to())
                .decode(webp.frameWidth(), webp.frameHeight())
            : new Vp8Frame(image, webp.from(), webp.to()).decode();
    if (webp.frameWidth() == webp.width() && webp.frameHeight() == webp.height()) {
      return new RgbImage(webp.width(), webp.height(), frame, webp.mode());
    }
    byte[] rgb = new byte[webp.width() * webp.height() * 3];
    int row = webp.frameWidth() * 3;
    for (int y = 0; y < webp.frameHeight(); y++) {
      int out = ((webp.top() + y) * webp.width() + webp.left()) * 3;
      System.arraycopy(frame, y * row, rgb, out, row);
    }
    return new RgbImage(webp.width(), webp.height(), rgb, webp.mode());
  }
}
