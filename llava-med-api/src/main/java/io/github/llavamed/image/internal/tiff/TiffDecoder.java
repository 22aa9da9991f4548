package io.github.llavamed.image.internal.tiff;

import io.github.llavamed.image.ImageInfo;
import io.github.llavamed.image.RgbImage;
import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.FrameDecoder;

/**
 * Decodes a page of a TIFF file.
 *
 * <p>Grey of 16 and 32 bits and floating point is clipped to 0..255, colours of 16 bits keep their
 * high byte. The orientation tag is obeyed, as in Pillow.
 */
public final class TiffDecoder implements FrameDecoder {
  private static final int ORIENTATION = 274;

  @Override
  public ImageInfo info(EncodedImage image) {
    TiffDirectory tags = TiffDirectory.page(image, image.frame());
    TiffLayout layout = TiffLayout.of(image, tags);
    return new ImageInfo(
        image.format(), layout.mode(), layout.width(), layout.height(), TiffDirectory.pages(image));
  }

  @Override
  public RgbImage decode(EncodedImage image) {
    TiffDirectory tags = TiffDirectory.page(image, image.frame());
    TiffLayout layout = TiffLayout.of(image, tags);
    if (layout.planar() && layout.photometric() != 2) {
      throw image.unsupported("page", "separate planes for RGB alone", layout.mode());
    }
    TiffChunks chunks = new TiffChunks(image, tags, layout);
    TiffPixels pixels = new TiffPixels(image, tags, layout);
    int perPlane = layout.chunksAcross() * layout.chunksDown();
    for (int i = 0; i < perPlane; i++) {
      int left = i % layout.chunksAcross() * layout.chunkWidth();
      int top = i / layout.chunksAcross() * layout.chunkHeight();
      int inside = Math.min(layout.chunkHeight(), layout.height() - top);
      int rows = layout.tiled() ? layout.chunkHeight() : inside;
      if (layout.planar()) {
        for (int plane = 0; plane < 3; plane++) {
          byte[] samples = chunks.read(plane * perPlane + i, rows);
          pixels.putPlane(samples, plane, left, top, inside);
        }
      } else {
        pixels.put(chunks.read(i, rows), left, top, inside);
      }
    }
    RgbImage upright = new RgbImage(layout.width(), layout.height(), pixels.rgb(), layout.mode());
    return Orientation.apply(upright, (int) tags.number(ORIENTATION, 1));
  }
}
