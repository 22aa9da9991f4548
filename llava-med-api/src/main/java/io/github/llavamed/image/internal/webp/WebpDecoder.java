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
    RgbImage frame = webp.lossless() ? LosslessFrame.decode(image, webp) : lossy(image, webp);
    if (frame.width() == webp.width() && frame.height() == webp.height()) {
      return new RgbImage(frame.width(), frame.height(), frame.rgb(), webp.mode());
    }
    if (webp.left() + frame.width() > webp.width() || webp.top() + frame.height() > webp.height()) {
      throw image.broken(
          "frame",
          "a frame inside %d x %d".formatted(webp.width(), webp.height()),
          "%d x %d at %d, %d".formatted(frame.width(), frame.height(), webp.left(), webp.top()));
    }
    byte[] rgb = new byte[webp.width() * webp.height() * 3];
    for (int y = 0; y < frame.height(); y++) {
      int out = ((webp.top() + y) * webp.width() + webp.left()) * 3;
      System.arraycopy(frame.rgb(), y * frame.width() * 3, rgb, out, frame.width() * 3);
    }
    return new RgbImage(webp.width(), webp.height(), rgb, webp.mode());
  }

  private static RgbImage lossy(EncodedImage image, WebpContainer webp) {
    Vp8Frame frame = new Vp8Frame(image, webp.from(), webp.to());
    return new RgbImage(frame.width(), frame.height(), frame.decode(), webp.mode());
  }
}
