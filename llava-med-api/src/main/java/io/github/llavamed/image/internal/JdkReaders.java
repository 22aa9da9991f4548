package io.github.llavamed.image.internal;

import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** Finds ImageIO readers by who made them, not by the order in which they are registered. */
public final class JdkReaders {
  private JdkReaders() {}

  /** Returns a new reader of the JDK itself for a format. */
  public static ImageReader of(String format) {
    Module jdk = ImageIO.class.getModule();
    for (Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName(format); all.hasNext(); ) {
      ImageReader reader = all.next();
      if (reader.getClass().getModule().equals(jdk)) {
        return reader;
      }
      reader.dispose();
    }
    throw new IllegalStateException(
        "expected the %s reader of the JDK, found none; run on a JRE with the module java.desktop"
            .formatted(format));
  }
}
