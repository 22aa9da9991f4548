package io.github.llavamed.image.internal;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.ImageRejectedException;
import io.github.llavamed.image.RgbImage;
import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;

/**
 * Reads the pixels of a {@link BufferedImage} as they are stored.
 *
 * <p>{@link BufferedImage#getRGB} would run grey values through a gamma curve; the raster does not.
 */
public final class BufferedImages {
  private BufferedImages() {}

  /** Copies the pixels of an image; the name is for messages. */
  public static RgbImage toRgb(BufferedImage image, String name) {
    ColorModel model = image.getColorModel();
    Raster raster = image.getRaster();
    if (model instanceof IndexColorModel palette) {
      return fromPalette(raster, palette);
    }
    ColorSpace space = model.getColorSpace();
    if (space.getType() == ColorSpace.TYPE_GRAY) {
      return fromGray(raster, model.hasAlpha());
    }
    if (space.getType() == ColorSpace.TYPE_RGB && model.getComponentSize(0) == 8) {
      return fromRgb(raster, unpremultiplied(image, name));
    }
    throw new ImageRejectedException(
        "%s: expected 8-bit RGB, grey or a palette, found %s; convert it to TYPE_INT_RGB"
            .formatted(name, model));
  }

  private static boolean unpremultiplied(BufferedImage image, String name) {
    if (image.isAlphaPremultiplied()) {
      throw new ImageRejectedException(
          name
              + ": expected colours that are not multiplied by alpha, found a premultiplied image;"
              + " convert it to TYPE_INT_ARGB");
    }
    return image.getColorModel().hasAlpha();
  }

  private static RgbImage fromRgb(Raster raster, boolean alpha) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    int bands = raster.getNumBands();
    int[] row = new int[width * bands];
    for (int y = 0, out = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, row);
      for (int x = 0; x < width; x++) {
        rgb[out++] = (byte) row[x * bands];
        rgb[out++] = (byte) row[x * bands + 1];
        rgb[out++] = (byte) row[x * bands + 2];
      }
    }
    return new RgbImage(width, height, rgb, alpha ? ColorMode.RGBA : ColorMode.RGB);
  }

  private static RgbImage fromGray(Raster raster, boolean alpha) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] gray = new byte[Math.multiplyExact(width, height)];
    int[] row = new int[width];
    for (int y = 0, out = 0; y < height; y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        gray[out++] = (byte) Math.max(0, Math.min(255, row[x]));
      }
    }
    boolean wide = raster.getDataBuffer().getDataType() != DataBuffer.TYPE_BYTE;
    return Rgb.ofGray(width, height, gray, wide ? ColorMode.I : alpha ? ColorMode.LA : ColorMode.L);
  }

  private static RgbImage fromPalette(Raster raster, IndexColorModel palette) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    byte[] colors = new byte[palette.getMapSize() * 3];
    for (int i = 0; i < palette.getMapSize(); i++) {
      colors[i * 3] = (byte) palette.getRed(i);
      colors[i * 3 + 1] = (byte) palette.getGreen(i);
      colors[i * 3 + 2] = (byte) palette.getBlue(i);
    }
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    int[] row = new int[width];
    for (int y = 0; y < height; y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, 0, row);
      for (int x = 0; x < width; x++) {
        System.arraycopy(colors, row[x] * 3, rgb, (y * width + x) * 3, 3);
      }
    }
    return new RgbImage(width, height, rgb, ColorMode.P);
  }
}
