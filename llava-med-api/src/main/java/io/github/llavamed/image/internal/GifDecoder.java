package io.github.llavamed.image.internal;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.ImageInfo;
import io.github.llavamed.image.RgbImage;
import java.util.Arrays;

/**
 * Decodes the first frame of a GIF on its logical screen.
 *
 * <p>The screen grows when the frame reaches beyond it; what the frame leaves free has the
 * transparent colour, or colour 0, as in Pillow.
 */
final class GifDecoder implements FrameDecoder {
  private static final int SCREEN = 6;
  private static final int EXTENSION = 0x21;
  private static final int FRAME = 0x2c;
  private static final int TRAILER = 0x3b;
  private static final int GRAPHIC_CONTROL = 0xf9;

  /** Start and step of the four passes of an interlaced frame. */
  private static final int[][] PASSES = {{0, 8}, {4, 8}, {2, 4}, {1, 2}};

  @Override
  public ImageInfo info(EncodedImage image) {
    Frame frame = firstFrame(image);
    return new ImageInfo(
        image.format(), frame.mode(), frame.width, frame.height, countFrames(image));
  }

  @Override
  public RgbImage decode(EncodedImage image) {
    Frame frame = firstFrame(image);
    byte[] indices = new byte[frame.width * frame.height];
    Arrays.fill(indices, (byte) frame.transparent);
    byte[] pixels = new GifLzw(image, frame.data).decode(frame.columns * frame.rows);
    int[][] passes = frame.interlaced ? PASSES : new int[][] {{0, 1}};
    int in = 0;
    for (int[] pass : passes) {
      for (int y = pass[0]; y < frame.rows; y += pass[1], in += frame.columns) {
        int out = (frame.top + y) * frame.width + frame.left;
        System.arraycopy(pixels, in, indices, out, frame.columns);
      }
    }
    byte[] rgb = new byte[indices.length * 3];
    for (int i = 0; i < indices.length; i++) {
      System.arraycopy(frame.palette, (indices[i] & 0xff) * 3, rgb, i * 3, 3);
    }
    return new RgbImage(frame.width, frame.height, rgb, frame.mode());
  }

  @SuppressWarnings("ArrayRecordComponent")
  private record Frame(
      int width,
      int height,
      int left,
      int top,
      int columns,
      int rows,
      boolean interlaced,
      int transparent,
      byte[] palette,
      int data) {
    ColorMode mode() {
      for (int i = 0; i < palette.length; i++) {
        if ((palette[i] & 0xff) != i / 3) {
          return ColorMode.P;
        }
      }
      return ColorMode.L;
    }
  }

  private static Frame firstFrame(EncodedImage image) {
    ByteView in = image.littleEndian();
    byte[] palette = palette(image, in, SCREEN + 7, in.u8(SCREEN + 4), new byte[0]);
    int transparent = 0;
    long at = SCREEN + 7 + paletteBytes(in.u8(SCREEN + 4));
    while (true) {
      int block = in.u8(at);
      if (block == FRAME) {
        return frame(image, in, (int) at + 1, palette, transparent);
      }
      if (block == TRAILER) {
        throw image.broken("byte " + at, "a frame", "the end of the file");
      }
      if (block == EXTENSION) {
        boolean control = in.u8(at + 1) == GRAPHIC_CONTROL && in.u8(at + 2) >= 4;
        transparent = control && (in.u8(at + 3) & 1) != 0 ? in.u8(at + 6) : transparent;
        at = skipBlocks(in, at + 2);
      } else {
        at++; // padding between blocks is passed over
      }
    }
  }

  private static Frame frame(
      EncodedImage image, ByteView in, int at, byte[] screenPalette, int transparent) {
    int left = in.u16(at);
    int top = in.u16(at + 2);
    int columns = in.u16(at + 4);
    int rows = in.u16(at + 6);
    int flags = in.u8(at + 8);
    if (columns == 0 || rows == 0) {
      throw image.broken("frame", "sides of at least 1", columns + " x " + rows);
    }
    int width = Math.max(in.u16(SCREEN), left + columns);
    int height = Math.max(in.u16(SCREEN + 2), top + rows);
    image.checkSize(width, height, 2);
    byte[] palette = palette(image, in, at + 9, flags, screenPalette);
    int data = at + 9 + paletteBytes(flags);
    if (palette.length == 0) {
      palette = Rgb.palette(new byte[0], 0, 0);
    }
    return new Frame(
        width, height, left, top, columns, rows, (flags & 0x40) != 0, transparent, palette, data);
  }

  private static byte[] palette(
      EncodedImage image, ByteView in, int at, int flags, byte[] otherwise) {
    int bytes = paletteBytes(flags);
    return bytes == 0 ? otherwise : Rgb.palette(image.bytes(), in.check(at, bytes), bytes / 3);
  }

  private static int paletteBytes(int flags) {
    return (flags & 0x80) != 0 ? 3 * (2 << (flags & 7)) : 0;
  }

  private static long skipBlocks(ByteView in, long from) {
    long at = from;
    while (in.u8(at) != 0) {
      at += 1 + in.u8(at);
    }
    return at + 1;
  }

  /** Counts frames up to the trailer, or as many as a truncated file holds whole. */
  private static int countFrames(EncodedImage image) {
    ByteView in = image.littleEndian();
    byte[] bytes = image.bytes();
    int frames = 0;
    long at = SCREEN + 7 + paletteBytes(in.u8(SCREEN + 4));
    while (at + 10 < bytes.length && in.u8(at) != TRAILER) {
      if (in.u8(at) == FRAME) {
        frames++;
        image.checkFrames(frames);
        at += 10 + paletteBytes(in.u8(at + 9)) + 1;
      } else if (in.u8(at) == EXTENSION) {
        at += 2;
      } else {
        at++;
        continue;
      }
      while (at < bytes.length && bytes[(int) at] != 0) {
        at += 1 + (bytes[(int) at] & 0xff);
      }
      at++;
    }
    return Math.max(1, frames);
  }
}
