package io.github.llavamed.image.internal.jpeg;

import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.JdkReaders;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes the samples of a JPEG stream with the reader of the JDK, without any conversion of
 * colours.
 *
 * <p>That reader uses the slow integer transform and smooth upsampling, as Pillow does.
 */
public final class JpegSamples {
  private JpegSamples() {}

  /** Returns {@code height * width * components} samples, upsampled, in the file's colour space. */
  public static byte[] read(EncodedImage image, JpegSegments jpeg) {
    image.checkSize(jpeg.width(), jpeg.height(), 2 * jpeg.components());
    List<String> warnings = new ArrayList<>();
    ImageReader reader = JdkReaders.of("JPEG");
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(jpeg.clean()))) {
      reader.setInput(stream, true, true);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      Raster raster = reader.readRaster(0, null);
      checkWarnings(image, warnings);
      return samples(image, jpeg, raster);
    } catch (IOException | RuntimeException e) {
      if (e instanceof io.github.llavamed.image.ImageRejectedException) {
        throw (io.github.llavamed.image.ImageRejectedException) e;
      }
      throw image.broken("scan", "a stream that can be decoded", e.getMessage() + "", e);
    } finally {
      reader.dispose();
    }
  }

  /** Refuses what the reader filled up; bytes too many between segments change no pixel. */
  private static void checkWarnings(EncodedImage image, List<String> warnings) {
    for (String warning : warnings) {
      boolean harmless = warning.contains("extraneous bytes");
      if (!harmless && (warning.contains("Corrupt") || warning.contains("Premature"))) {
        throw image.broken("scan", "sound data", warning);
      }
    }
  }

  private static byte[] samples(EncodedImage image, JpegSegments jpeg, Raster raster) {
    int bands = raster.getNumBands();
    if (bands != jpeg.components()
        || raster.getWidth() != jpeg.width()
        || raster.getHeight() != jpeg.height()) {
      throw image.broken(
          "scan",
          "%d x %d x %d samples".formatted(jpeg.width(), jpeg.height(), jpeg.components()),
          "%d x %d x %d".formatted(raster.getWidth(), raster.getHeight(), bands));
    }
    int length = raster.getWidth() * bands;
    byte[] samples = new byte[Math.multiplyExact(length, raster.getHeight())];
    int[] row = new int[length];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getPixels(0, y, raster.getWidth(), 1, row);
      for (int i = 0; i < length; i++) {
        samples[y * length + i] = (byte) row[i];
      }
    }
    return samples;
  }
}
