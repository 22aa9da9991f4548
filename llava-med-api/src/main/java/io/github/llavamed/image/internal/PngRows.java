package io.github.llavamed.image.internal;

import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** Unpacks the image data of a PNG file and undoes the row filters, one row at a time. */
final class PngRows implements AutoCloseable {
  /** DEFLATE cannot shrink more than this: two bits for a copy of 258 bytes. */
  private static final int MOST_DEFLATE = 1032;

  private final EncodedImage image;
  private final PngChunks chunks;
  private final Inflater inflater = new Inflater();
  private final int pixelBytes;
  private int piece;
  private byte[] row = new byte[0];
  private byte[] previous = new byte[0];

  PngRows(EncodedImage image, PngChunks chunks) {
    this.image = image;
    this.chunks = chunks;
    this.pixelBytes = Math.max(1, chunks.channels() * chunks.bitDepth() / 8);
    checkRatio();
  }

  /** Begins a pass whose rows have so many pixels. */
  void startPass(int columns) {
    row = new byte[chunks.rowBytes(columns)];
    previous = new byte[row.length];
  }

  /** Returns the next row; the array is used again two rows later. */
  byte[] next() {
    byte[] swap = previous;
    previous = row;
    row = swap;
    byte[] filter = new byte[1];
    fill(filter);
    fill(row);
    unfilter(filter[0] & 0xff);
    return row;
  }

  @Override
  public void close() {
    inflater.end();
  }

  private void checkRatio() {
    long packed = 0;
    for (int[] part : chunks.data()) {
      packed += part[1];
    }
    long needed = (long) chunks.rowBytes(chunks.width()) * chunks.height();
    if (needed / MOST_DEFLATE > packed) {
      throw image.broken(
          "IDAT", "enough data for %d bytes of pixels".formatted(needed), packed + " bytes");
    }
  }

  private void fill(byte[] target) {
    int filled = 0;
    try {
      while (filled < target.length) {
        int count = inflater.inflate(target, filled, target.length - filled);
        filled += count;
        if (count == 0) {
          if (inflater.finished() || inflater.needsDictionary() || !feed()) {
            throw image.broken("IDAT", "more rows of pixels", "the end of the image data");
          }
        }
      }
    } catch (DataFormatException e) {
      throw image.broken("IDAT", "a zlib stream", String.valueOf(e.getMessage()), e);
    }
  }

  private boolean feed() {
    if (!inflater.needsInput()) {
      return true;
    }
    if (piece == chunks.data().size()) {
      return false;
    }
    int[] part = chunks.data().get(piece++);
    inflater.setInput(image.bytes(), part[0], part[1]);
    return true;
  }

  private void unfilter(int filter) {
    int bpp = pixelBytes;
    switch (filter) {
      case 0 -> {}
      case 1 -> {
        for (int i = bpp; i < row.length; i++) {
          row[i] += row[i - bpp];
        }
      }
      case 2 -> {
        for (int i = 0; i < row.length; i++) {
          row[i] += previous[i];
        }
      }
      case 3 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < bpp ? 0 : row[i - bpp] & 0xff;
          row[i] += (byte) (left + (previous[i] & 0xff) >> 1);
        }
      }
      case 4 -> {
        for (int i = 0; i < row.length; i++) {
          int left = i < bpp ? 0 : row[i - bpp] & 0xff;
          int corner = i < bpp ? 0 : previous[i - bpp] & 0xff;
          row[i] += (byte) paeth(left, previous[i] & 0xff, corner);
        }
      }
      default -> throw image.broken("row filter", "0 to 4", filter);
    }
  }

  private static int paeth(int left, int above, int corner) {
    int guess = left + above - corner;
    int toLeft = Math.abs(guess - left);
    int toAbove = Math.abs(guess - above);
    int toCorner = Math.abs(guess - corner);
    if (toLeft <= toAbove && toLeft <= toCorner) {
      return left;
    }
    return toAbove <= toCorner ? above : corner;
  }
}
