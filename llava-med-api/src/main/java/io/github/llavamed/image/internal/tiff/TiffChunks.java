package io.github.llavamed.image.internal.tiff;

import io.github.llavamed.image.internal.EncodedImage;
import io.github.llavamed.image.internal.jpeg.JpegSamples;
import io.github.llavamed.image.internal.jpeg.JpegSegments;
import io.github.llavamed.image.internal.jpeg.YccColor;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Unpacks the strips or tiles of a page into plain samples.
 *
 * <p>A chunk that gives fewer bytes than its rows need is refused.
 */
final class TiffChunks {
  private static final int T4_OPTIONS = 292;
  private static final int JPEG_TABLES = 347;

  private final EncodedImage image;
  private final TiffDirectory tags;
  private final TiffLayout layout;
  private final long[] offsets;
  private final long[] counts;

  TiffChunks(EncodedImage image, TiffDirectory tags, TiffLayout layout) {
    this.image = image;
    this.tags = tags;
    this.layout = layout;
    this.offsets = tags.numbers(layout.tiled() ? 324 : 273);
    this.counts = tags.numbers(layout.tiled() ? 325 : 279);
    int planes = layout.planar() ? layout.samples() : 1;
    long chunks = (long) layout.chunksAcross() * layout.chunksDown() * planes;
    if (offsets.length < chunks) {
      throw image.broken("page", chunks + " offsets of strips or tiles", offsets.length);
    }
    if (layout.compression() != TiffLayout.NONE && counts.length < chunks) {
      throw image.broken("page", chunks + " sizes of strips or tiles", counts.length);
    }
  }

  /** Returns the samples of so many rows of a chunk, in the byte order of the file. */
  byte[] read(int index, int rows) {
    int size = Math.multiplyExact(rows, layout.rowBytes());
    long offset = offsets[index];
    if (layout.compression() == TiffLayout.NONE) {
      int at = tags.bytes().check(offset, size);
      byte[] samples = new byte[size];
      System.arraycopy(image.bytes(), at, samples, 0, size);
      return predicted(reversed(samples), rows);
    }
    int at = tags.bytes().check(offset, counts[index]);
    int length = (int) counts[index];
    return switch (layout.compression()) {
      case TiffLayout.CCITT_RLE, TiffLayout.CCITT_T4, TiffLayout.CCITT_T6 ->
          fax(packed(at, length), rows);
      case TiffLayout.LZW -> predicted(TiffLzw.decode(image, packed(at, length), size), rows);
      case TiffLayout.PACK_BITS -> predicted(packBits(packed(at, length), size), rows);
      case TiffLayout.DEFLATE, TiffLayout.DEFLATE_OLD ->
          predicted(inflate(packed(at, length), size), rows);
      case TiffLayout.JPEG -> jpeg(at, length, rows);
      default ->
          throw image.unsupported(
              "page",
              "no compression, CCITT, LZW, PackBits, deflate or JPEG",
              "compression " + layout.compression());
    };
  }

  private byte[] packed(int at, int length) {
    byte[] packed = new byte[length];
    System.arraycopy(image.bytes(), at, packed, 0, length);
    return reversed(packed);
  }

  private byte[] reversed(byte[] bytes) {
    if (layout.reversedBits()) {
      for (int i = 0; i < bytes.length; i++) {
        bytes[i] = (byte) (Integer.reverse(bytes[i]) >>> 24);
      }
    }
    return bytes;
  }

  private byte[] predicted(byte[] samples, int rows) {
    if (layout.predictor() != 1) {
      TiffPredictor.undo(samples, rows, layout, tags.bytes().isLittleEndian());
    }
    return samples;
  }

  private byte[] packBits(byte[] packed, int size) {
    byte[] out = new byte[size];
    int filled = 0;
    for (int at = 0; filled < size; ) {
      int control = at < packed.length ? packed[at++] : -128;
      if (at >= packed.length) {
        throw tooShort(size, filled);
      }
      if (control >= 0) {
        int count = Math.min(control + 1, size - filled);
        if (at + count > packed.length) {
          throw tooShort(size, filled);
        }
        System.arraycopy(packed, at, out, filled, count);
        filled += count;
        at += control + 1;
      } else if (control != -128) {
        for (int i = 0; i < 1 - control && filled < size; i++) {
          out[filled++] = packed[at];
        }
        at++;
      }
    }
    return out;
  }

  private byte[] inflate(byte[] packed, int size) {
    byte[] out = new byte[size];
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed);
      int filled = 0;
      while (filled < size) {
        int count = inflater.inflate(out, filled, size - filled);
        if (count == 0) {
          throw tooShort(size, filled);
        }
        filled += count;
      }
      return out;
    } catch (DataFormatException e) {
      throw image.broken("strip", "a zlib stream", String.valueOf(e.getMessage()), e);
    } finally {
      inflater.end();
    }
  }

  private byte[] fax(byte[] packed, int rows) {
    if (layout.bits() != 1 || layout.samples() != 1) {
      throw image.unsupported("page", "one bit per pixel with fax codes", layout.bits() + " bits");
    }
    long options = tags.number(T4_OPTIONS, 0);
    int width = layout.chunkWidth();
    return new FaxDecoder(image, packed, width, layout.compression(), options).decode(rows);
  }

  private byte[] jpeg(int at, int length, int rows) {
    int[] tables = tags.range(JPEG_TABLES);
    JpegSegments jpeg =
        tables == null
            ? JpegSegments.read(image, at, at + length)
            : JpegSegments.read(image, tables[0], tables[0] + tables[1], at, at + length);
    int samples = layout.planar() ? 1 : layout.samples();
    if (jpeg.width() != layout.chunkWidth()
        || jpeg.height() < rows
        || jpeg.components() != samples) {
      throw image.broken(
          "strip",
          "%d x %d pixels of %d samples".formatted(layout.chunkWidth(), rows, samples),
          "%d x %d of %d".formatted(jpeg.width(), jpeg.height(), jpeg.components()));
    }
    byte[] decoded = JpegSamples.read(image, jpeg);
    if (layout.photometric() == TiffLayout.YCBCR) {
      YccColor.toRgb(decoded, samples);
    }
    return decoded;
  }

  private io.github.llavamed.image.ImageRejectedException tooShort(int size, int filled) {
    return image.broken("strip", size + " bytes of samples", filled + " bytes");
  }
}
