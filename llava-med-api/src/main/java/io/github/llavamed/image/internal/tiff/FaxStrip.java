package io.github.llavamed.image.internal.tiff;

import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.JdkReaders;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/**
 * Unpacks a strip of CCITT fax codes with the TIFF reader of the JDK.
 *
 * <p>The reader sees a file that holds this strip and nothing else, so that nothing else of the
 * original file reaches it.
 */
final class FaxStrip {
  private static final int SHORT = 3;
  private static final int LONG = 4;
  private static final int T4_OPTIONS = 292;
  private static final int T6_OPTIONS = 293;

  private final EncodedImage image;
  private final TiffDirectory tags;
  private final TiffLayout layout;

  FaxStrip(EncodedImage image, TiffDirectory tags, TiffLayout layout) {
    this.image = image;
    this.tags = tags;
    this.layout = layout;
    if (layout.bits() != 1 || layout.samples() != 1) {
      throw image.unsupported("page", "one bit per pixel with fax codes", layout.bits() + " bits");
    }
  }

  /** Returns packed rows of one bit per pixel, as the file would hold them without compression. */
  byte[] decode(byte[] codes, int rows) {
    List<String> warnings = new ArrayList<>();
    ImageReader reader = JdkReaders.of("TIFF");
    try (ImageInputStream stream =
        new MemoryCacheImageInputStream(new ByteArrayInputStream(file(codes, rows)))) {
      reader.setInput(stream, true, true);
      reader.addIIOReadWarningListener((source, warning) -> warnings.add(warning));
      Raster raster = reader.read(0).getRaster();
      if (!warnings.isEmpty()) {
        throw image.broken("strip", "sound fax codes", warnings.get(0));
      }
      return pack(raster, rows);
    } catch (IOException | IndexOutOfBoundsException | IllegalArgumentException e) {
      throw image.broken("strip", "fax codes that can be decoded", String.valueOf(e), e);
    } finally {
      reader.dispose();
    }
  }

  private byte[] pack(Raster raster, int rows) {
    int rowBytes = layout.rowBytes();
    byte[] packed = new byte[rows * rowBytes];
    int[] row = new int[layout.chunkWidth()];
    for (int y = 0; y < rows; y++) {
      raster.getSamples(0, y, row.length, 1, 0, row);
      for (int x = 0; x < row.length; x++) {
        packed[y * rowBytes + (x >> 3)] |= (byte) (row[x] << 7 - (x & 7));
      }
    }
    return packed;
  }

  private byte[] file(byte[] codes, int rows) {
    int[][] entries = {
      {256, LONG, layout.chunkWidth()},
      {257, LONG, rows},
      {258, SHORT, 1},
      {259, SHORT, layout.compression()},
      {262, SHORT, layout.photometric()},
      {273, LONG, 8},
      {277, SHORT, 1},
      {278, LONG, rows},
      {279, LONG, codes.length},
      {T4_OPTIONS, LONG, (int) tags.number(T4_OPTIONS, 0)},
      {T6_OPTIONS, LONG, (int) tags.number(T6_OPTIONS, 0)},
    };
    int directory = 8 + codes.length + (codes.length & 1);
    ByteBuffer file =
        ByteBuffer.allocate(directory + 6 + 12 * entries.length).order(ByteOrder.LITTLE_ENDIAN);
    file.put((byte) 'I').put((byte) 'I').putShort((short) 42).putInt(directory).put(codes);
    file.position(directory);
    file.putShort((short) entries.length);
    for (int[] entry : entries) {
      file.putShort((short) entry[0]).putShort((short) entry[1]).putInt(1).putInt(entry[2]);
    }
    file.putInt(0);
    return file.array();
  }
}
