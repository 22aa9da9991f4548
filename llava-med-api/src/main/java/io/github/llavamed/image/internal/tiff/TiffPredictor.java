package io.github.llavamed.image.internal.tiff;

/** Undoes the horizontal differences of TIFF. */
final class TiffPredictor {
  private static final int FLOATING_POINT = 3;

  private TiffPredictor() {}

  static void undo(byte[] samples, int rows, TiffLayout layout, boolean littleEndian) {
    int rowBytes = layout.rowBytes();
    int perPixel = layout.planar() ? 1 : layout.samples();
    for (int y = 0; y < rows; y++) {
      int from = y * rowBytes;
      if (layout.predictor() == FLOATING_POINT) {
        floatingPoint(samples, from, rowBytes, perPixel, littleEndian);
      } else {
        integers(samples, from, rowBytes, perPixel, layout.bits() / 8, littleEndian);
      }
    }
  }

  private static void integers(
      byte[] samples, int from, int rowBytes, int perPixel, int bytes, boolean littleEndian) {
    int step = perPixel * bytes;
    for (int i = from + step; i + bytes <= from + rowBytes; i += bytes) {
      int carry = 0;
      for (int b = 0; b < bytes; b++) {
        int at = littleEndian ? i + b : i + bytes - 1 - b;
        int sum = (samples[at] & 0xff) + (samples[at - step] & 0xff) + carry;
        samples[at] = (byte) sum;
        carry = sum >> 8;
      }
    }
  }

  /** Adds up bytes, then gathers the four planes of bytes, most significant first. */
  private static void floatingPoint(
      byte[] samples, int from, int rowBytes, int perPixel, boolean littleEndian) {
    for (int i = from + perPixel; i < from + rowBytes; i++) {
      samples[i] += samples[i - perPixel];
    }
    byte[] planes = new byte[rowBytes];
    System.arraycopy(samples, from, planes, 0, rowBytes);
    int count = rowBytes / 4;
    for (int i = 0; i < count; i++) {
      for (int b = 0; b < 4; b++) {
        samples[from + i * 4 + (littleEndian ? 3 - b : b)] = planes[b * count + i];
      }
    }
  }
}
