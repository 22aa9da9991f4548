package io.github.llavamed.image.internal.jpeg;

import io.github.llavamed.image.ImageRejectedException;
import io.github.llavamed.image.internal.ByteView;
import io.github.llavamed.image.internal.EncodedImage;
import java.io.ByteArrayOutputStream;

/**
 * The segments of a JPEG stream, checked, and a copy without everything that pixels do not need.
 *
 * <p>Application data (Exif, profiles, thumbnails) and comments are stepped over. A stream without
 * its end marker is refused: decoders would fill the missing rows with grey.
 */
public final class JpegSegments {
  private static final int SOF0 = 0xc0;
  private static final int SOF2 = 0xc2;
  private static final int DHT = 0xc4;
  private static final int JPG = 0xc8;
  private static final int DAC = 0xcc;
  private static final int RST0 = 0xd0;
  private static final int SOI = 0xd8;
  private static final int EOI = 0xd9;
  private static final int SOS = 0xda;
  private static final int DQT = 0xdb;
  private static final int DNL = 0xdc;
  private static final int DRI = 0xdd;
  private static final int APP0 = 0xe0;
  private static final int APP14 = 0xee;
  private static final int TEM = 0x01;

  /** What libjpeg-turbo's own tools allow; each scan costs time in proportion to the picture. */
  private static final int MOST_SCANS = 500;

  /** A block of 64 pixels takes at least one bit. */
  private static final int MOST_PIXELS_PER_BYTE = 512;

  private final EncodedImage image;
  private final ByteView in;
  private final ByteArrayOutputStream clean = new ByteArrayOutputStream();
  private int width;
  private int height;
  private int components;
  private int ids;
  private boolean jfif;
  private boolean adobe;
  private int adobeTransform;
  private int scans;
  private long entropyBytes;

  private JpegSegments(EncodedImage image) {
    this.image = image;
    this.in = image.bigEndian();
    clean.write(0xff);
    clean.write(SOI);
  }

  /** Reads the stream that fills the file. */
  public static JpegSegments read(EncodedImage image) {
    return read(image, 0, image.bytes().length);
  }

  /** Reads the stream that begins at an offset of the file and ends before another. */
  public static JpegSegments read(EncodedImage image, int from, int to) {
    JpegSegments segments = new JpegSegments(image);
    segments.readStream(from, to, false);
    segments.checkWhole();
    return segments;
  }

  /** Reads a stream whose tables lie elsewhere in the file, as in TIFF. */
  public static JpegSegments read(
      EncodedImage image, int tablesFrom, int tablesTo, int from, int to) {
    JpegSegments segments = new JpegSegments(image);
    segments.readStream(tablesFrom, tablesTo, true);
    segments.readStream(from, to, false);
    segments.checkWhole();
    return segments;
  }

  /** Returns the columns. */
  public int width() {
    return width;
  }

  /** Returns the rows. */
  public int height() {
    return height;
  }

  /** Returns the number of components: 1, 3 or 4. */
  public int components() {
    return components;
  }

  /** Returns whether the first three components are Y, Cb and Cr, by the rules of libjpeg. */
  public boolean hasLuminance() {
    if (components == 4) {
      return adobe && adobeTransform != 0;
    }
    if (components != 3) {
      return false;
    }
    if (jfif) {
      return true;
    }
    if (adobe) {
      return adobeTransform != 0;
    }
    return ids != ('R' << 16 | 'G' << 8 | 'B');
  }

  /** Returns the stream without application data and comments. */
  byte[] clean() {
    return clean.toByteArray();
  }

  private void readStream(int from, int to, boolean tablesOnly) {
    int at = from;
    if (to - from < 4 || in.u8(at) != 0xff || in.u8(at + 1) != SOI) {
      throw image.broken("byte " + at, "the start of a JPEG stream", (to - from) + " other bytes");
    }
    at += 2;
    while (true) {
      at = marker(at, to);
      int type = in.u8(at + 1);
      if (type == EOI) {
        if (!tablesOnly) {
          clean.write(0xff);
          clean.write(EOI);
        }
        return;
      }
      if (type == TEM || type >= RST0 && type < SOI) {
        at += 2;
        continue;
      }
      int length = at + 4 <= to ? in.u16(at + 2) : 0;
      if (length < 2 || at + 2L + length > to) {
        throw truncated(at);
      }
      segment(type, at, length);
      at += 2 + length;
      if (type == SOS) {
        at = scan(at, to);
      }
    }
  }

  /** Returns the position of the next marker; libjpeg skips what lies before it. */
  private int marker(int from, int to) {
    int at = from;
    while (at + 1 < to) {
      if (in.u8(at) == 0xff && in.u8(at + 1) != 0xff && in.u8(at + 1) != 0) {
        return at;
      }
      at++;
    }
    throw truncated(to);
  }

  /** Copies entropy-coded data; returns the position of the marker that ends it. */
  private int scan(int from, int to) {
    if (++scans > MOST_SCANS) {
      throw image.unsupported("scans", "at most " + MOST_SCANS, "more");
    }
    int at = from;
    byte[] bytes = image.bytes();
    while (at + 1 < to) {
      int next = bytes[at + 1] & 0xff;
      if (bytes[at] != (byte) 0xff || next == 0 || next >= RST0 && next < SOI) {
        at += bytes[at] == (byte) 0xff ? 2 : 1;
      } else if (next == 0xff) {
        at++;
      } else {
        entropyBytes += at - from;
        clean.write(bytes, from, at - from);
        return at;
      }
    }
    throw truncated(to);
  }

  private void segment(int type, int at, int length) {
    switch (type) {
      case DHT, DQT, DRI, SOS -> {}
      case APP0 -> jfif |= length >= 16 && in.ascii(at + 4, 5).equals("JFIF\0");
      case APP14 -> {
        if (length >= 14 && in.ascii(at + 4, 5).equals("Adobe")) {
          adobe = true;
          adobeTransform = in.u8(at + 15);
        }
      }
      case DAC, DNL, JPG -> throw image.unsupported("segment", "Huffman coding", hex(type));
      default -> {
        if (type >= SOF0 && type < RST0) {
          frame(type, at, length);
        }
      }
    }
    if (type < APP0 && type != SOI) {
      clean.write(image.bytes(), at, 2 + length);
    }
  }

  private void frame(int type, int at, int length) {
    if (type > SOF2) {
      throw image.unsupported("frame", "baseline or progressive Huffman coding", hex(type));
    }
    if (length < 8 || components != 0) {
      throw image.broken("frame header", "one of at least 8 bytes", length + " bytes");
    }
    if (in.u8(at + 4) != 8) {
      throw image.unsupported("frame header", "8 bits per sample", in.u8(at + 4));
    }
    height = in.u16(at + 5);
    width = in.u16(at + 7);
    components = in.u8(at + 9);
    if (components != 1 && components != 3 && components != 4) {
      throw image.unsupported("frame header", "1, 3 or 4 components", components);
    }
    if (length < 8 + 3 * components) {
      throw image.broken("frame header", 8 + 3 * components + " bytes", length);
    }
    for (int i = 0; i < Math.min(components, 3); i++) {
      ids = ids << 8 | in.u8(at + 10 + 3 * i);
    }
    if (height == 0 || width == 0) {
      throw image.broken("frame header", "sides of at least 1", width + " x " + height);
    }
  }

  private void checkWhole() {
    if (components == 0 || scans == 0) {
      throw image.broken("stream", "a frame header and a scan", "none");
    }
    if ((long) width * height / MOST_PIXELS_PER_BYTE > entropyBytes) {
      throw image.broken(
          "scan", "data for %d x %d pixels".formatted(width, height), entropyBytes + " bytes");
    }
  }

  private ImageRejectedException truncated(int at) {
    return image.broken("byte " + at, "more segments up to the end marker", "the end of the data");
  }

  private static String hex(int marker) {
    return "marker ff%02x".formatted(marker);
  }
}
