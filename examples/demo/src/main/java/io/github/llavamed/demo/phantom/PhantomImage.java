package io.github.llavamed.demo.phantom;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;

/**
 * A painted phantom.
 *
 * @param phantom what it shows
 * @param size width and height in pixels
 * @param rgb three bytes a pixel, row-major; must not be changed // [size, size, 3]
 * @param findingMask where the finding is, 0 to 1; must not be changed // [size, size]
 * @param heartMask where an enlarged heart is, 0 to 1; must not be changed // [size, size]
 * @param glandMask where a gland is, 0 to 1; must not be changed // [size, size]
 */
@SuppressWarnings("ArrayRecordComponent") // large, read only, never compared
public record PhantomImage(
    Phantom phantom,
    int size,
    byte[] rgb,
    float[] findingMask,
    float[] heartMask,
    float[] glandMask) {
  /** Returns the picture for drawing. */
  public BufferedImage toBufferedImage() {
    BufferedImage image = new BufferedImage(size, size, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < size * size; i++) {
      int color = (rgb[3 * i] & 0xff) << 16 | (rgb[3 * i + 1] & 0xff) << 8 | rgb[3 * i + 2] & 0xff;
      image.setRGB(i % size, i / size, color);
    }
    return image;
  }

  /** Returns the picture as a PNG file. */
  public byte[] png() {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try {
      ImageIO.write(toBufferedImage(), "png", bytes);
    } catch (IOException e) {
      throw new UncheckedIOException(e); // cannot happen: no file is written
    }
    return bytes.toByteArray();
  }
}
