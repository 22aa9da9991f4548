package io.github.llavamed.image.internal.webp;

import com.twelvemonkeys.imageio.plugins.webp.WebPImageReaderSpi;
import io.github.llavamed.image.RgbImage;
import io.github.llavamed.image.internal.EncodedImage;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Decodes VP8L with the reader of TwelveMonkeys.
 *
 * <p>The reader sees a file that holds the bit stream and nothing else, so that no profile,
 * metadata or animation of the original file reaches it.
 */
final class LosslessFrame {
  private LosslessFrame() {}

  static RgbImage decode(EncodedImage image, WebpContainer webp) {
    ImageReader reader = new WebPImageReaderSpi().createReaderInstance(null);
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file(image, webp)))) {
      reader.setInput(stream, true, true);
      return pixels(webp, reader.read(0).getRaster());
    } catch (IOException | RuntimeException e) {
      throw image.broken("VP8L", "a bit stream that can be decoded", String.valueOf(e), e);
    } finally {
      reader.dispose();
    }
  }

  private static RgbImage pixels(WebpContainer webp, Raster raster) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    int[] row = new int[width * bands];
    int out = 0;
    for (int y = 0; y < height; y++) {
      raster.getPixels(0, y, width, 1, row);
      for (int x = 0; x < width; x++) {
        rgb[out++] = (byte) row[x * bands];
        rgb[out++] = (byte) row[x * bands + 1];
        rgb[out++] = (byte) row[x * bands + 2];
      }
    }
    return new RgbImage(width, height, rgb, webp.mode());
  }

  private static byte[] file(EncodedImage image, WebpContainer webp) {
    int size = webp.to() - webp.from();
    int padded = size + (size & 1);
    ByteBuffer file = ByteBuffer.allocate(20 + padded).order(ByteOrder.LITTLE_ENDIAN);
    file.put("RIFF".getBytes(StandardCharsets.US_ASCII)).putInt(12 + padded);
    file.put("WEBPVP8L".getBytes(StandardCharsets.US_ASCII)).putInt(size);
    file.put(image.bytes(), webp.from(), size);
    return file.array();
  }
}
