package io.github.llavamed.image.internal;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.ImageInfo;
import io.github.llavamed.image.RgbImage;

/**
 * Decodes PNG row by row into RGB.
 *
 * <p>16-bit grey is clipped to 0..255, other 16-bit samples keep their high byte, smaller grey is
 * scaled to 0..255; transparency, gamma and profiles are ignored.
 */
final class PngDecoder implements FrameDecoder {
  /** Start x, start y, step x, step y of the seven passes of Adam7. */
  private static final int[][] ADAM7 = {
    {0, 0, 8, 8}, {4, 0, 8, 8}, {0, 4, 4, 8}, {2, 0, 4, 4}, {0, 2, 2, 4}, {1, 0, 2, 2}, {0, 1, 1, 2}
  };

  private static final int[][] ONE_PASS = {{0, 0, 1, 1}};

  @Override
  public ImageInfo info(EncodedImage image) {
    PngChunks chunks = PngChunks.read(image);
    return new ImageInfo(
        image.format(), chunks.mode(), chunks.width(), chunks.height(), chunks.frames());
  }

  @Override
  public RgbImage decode(EncodedImage image) {
    PngChunks chunks = PngChunks.read(image);
    byte[] rgb = new byte[chunks.width() * chunks.height() * 3];
    try (PngRows rows = new PngRows(image, chunks)) {
      for (int[] pass : chunks.interlaced() ? ADAM7 : ONE_PASS) {
        readPass(chunks, rows, pass, rgb);
      }
    }
    return new RgbImage(chunks.width(), chunks.height(), rgb, chunks.mode());
  }

  private static void readPass(PngChunks chunks, PngRows rows, int[] pass, byte[] rgb) {
    int columns = (chunks.width() - pass[0] + pass[2] - 1) / pass[2];
    if (columns <= 0) {
      return;
    }
    rows.startPass(columns);
    for (int y = pass[1]; y < chunks.height(); y += pass[3]) {
      byte[] row = rows.next();
      int out = (y * chunks.width() + pass[0]) * 3;
      writeRow(chunks, row, columns, rgb, out, pass[2] * 3);
    }
  }

  private static void writeRow(
      PngChunks chunks, byte[] row, int columns, byte[] rgb, int start, int step) {
    int bytes = chunks.bitDepth() / 8; // 0 for packed samples
    boolean clipped = chunks.mode() == ColorMode.I;
    int out = start;
    for (int x = 0; x < columns; x++, out += step) {
      switch (chunks.colorType()) {
        case 0, 4 -> {
          int at = x * chunks.channels() * bytes;
          byte gray =
              bytes == 0
                  ? (byte)
                      (packed(row, x, chunks.bitDepth()) * 255 / ((1 << chunks.bitDepth()) - 1))
                  : clipped && row[at] != 0 ? (byte) 255 : row[clipped ? at + 1 : at];
          rgb[out] = gray;
          rgb[out + 1] = gray;
          rgb[out + 2] = gray;
        }
        case 3 -> {
          int index = bytes == 0 ? packed(row, x, chunks.bitDepth()) : row[x] & 0xff;
          System.arraycopy(chunks.palette(), index * 3, rgb, out, 3);
        }
        default -> {
          int at = x * chunks.channels() * bytes;
          rgb[out] = row[at];
          rgb[out + 1] = row[at + bytes];
          rgb[out + 2] = row[at + 2 * bytes];
        }
      }
    }
  }

  private static int packed(byte[] row, int x, int bits) {
    int bit = x * bits;
    return row[bit >> 3] >> 8 - bits - (bit & 7) & (1 << bits) - 1;
  }
}
