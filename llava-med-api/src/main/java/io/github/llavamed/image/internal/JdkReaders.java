package io.github.llavamed.image.internal;

import java.util.Iterator;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;

/** Finds ImageIO readers by who made them, not by the order in which they are registered. */
public final class JdkReaders {
  private JdkReaders() {}

  /** Returns a new reader of the JDK itself for a format. */
  public static ImageReader of(String format) {
    return find(format, "javax.imageio.", ImageIO.class.getModule());
  }

  private static ImageReader find(String format, String what, Module module) {
    for (Iterator<ImageReader> all = ImageIO.getImageReadersByFormatName(format); all.hasNext(); ) {
      ImageReader reader = all.next();
      if (reader.getClass().getModule().equals(module)) {
        return reader;
      }
      reader.dispose();
    }
    throw new IllegalStateException(
        "expected a %s reader of %s, found none; run on a full JDK or JRE".formatted(format, what));
  }
}
