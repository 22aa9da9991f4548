package io.github.llavamed.eval.internal.page;

import io.github.llavamed.image.ImageDecoder;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageRejectedException;
import io.github.llavamed.image.RgbImage;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Optional;
import javax.imageio.ImageIO;

/** Makes small pictures that a page can hold. */
public final class Thumbnail {
  private static final int SIDE = 352;

  private Thumbnail() {}

  /**
   * Returns an address that holds the image, at most {@value #SIDE} pixels a side; empty if there
   * is no such file or it is no image.
   */
  public static Optional<String> of(Path file) throws IOException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    RgbImage image;
    try {
      image = ImageDecoder.create(ImageLimits.defaults()).decode(ImageInput.of(file));
    } catch (ImageRejectedException e) {
      return Optional.empty();
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    if (!ImageIO.write(scaled(buffered(image)), "jpeg", bytes)) {
      throw new IOException("expected a JPEG writer in this Java runtime, found none");
    }
    return Optional.of(
        "data:image/jpeg;base64," + Base64.getEncoder().encodeToString(bytes.toByteArray()));
  }

  private static BufferedImage buffered(RgbImage image) {
    BufferedImage copy =
        new BufferedImage(image.width(), image.height(), BufferedImage.TYPE_INT_RGB);
    byte[] rgb = image.rgb(); // [h, w, 3]
    int at = 0;
    for (int y = 0; y < image.height(); y++) {
      for (int x = 0; x < image.width(); x++) {
        int red = rgb[at++] & 0xFF;
        int green = rgb[at++] & 0xFF;
        int blue = rgb[at++] & 0xFF;
        copy.setRGB(x, y, red << 16 | green << 8 | blue);
      }
    }
    return copy;
  }

  private static BufferedImage scaled(BufferedImage image) {
    int longest = Math.max(image.getWidth(), image.getHeight());
    if (longest <= SIDE) {
      return image;
    }
    double factor = (double) SIDE / longest;
    int width = Math.max(1, (int) Math.round(image.getWidth() * factor));
    int height = Math.max(1, (int) Math.round(image.getHeight() * factor));
    BufferedImage small = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = small.createGraphics();
    graphics.setRenderingHint(
        RenderingHints.KEY_INTERPOLATION, RenderingHints.VALUE_INTERPOLATION_BICUBIC);
    graphics.drawImage(image, 0, 0, width, height, null);
    graphics.dispose();
    return small;
  }
}
