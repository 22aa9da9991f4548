package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.ColorMode;
import io.github.llavamed.image.internal.ByteView;
import io.github.llavamed.image.internal.EncodedImage;

/**
 * The chunks of a WebP file that the first frame needs, checked.
 *
 * @param width of the canvas in pixels
 * @param height of the canvas in pixels
 * @param left where the frame begins on the canvas
 * @param top where the frame begins on the canvas
 * @param frames number of frames
 * @param mode whether the file declares alpha
 * @param frameWidth of the frame in pixels
 * @param frameHeight of the frame in pixels
 * @param lossless whether the frame is VP8L
 * @param from first byte of the frame's bit stream
 * @param to byte after its last
 */
record WebpContainer(
    int width,
    int height,
    int left,
    int top,
    int frames,
    ColorMode mode,
    int frameWidth,
    int frameHeight,
    boolean lossless,
    int from,
    int to) {
  private static final int RIFF = 12;

  static WebpContainer read(EncodedImage image) {
    ByteView in = image.littleEndian();
    long end = 8 + in.u32(4);
    in.check(0, end);
    if (!in.ascii(RIFF, 4).equals("VP8X")) {
      return simple(image, in, RIFF, end);
    }
    int flags = in.u8(RIFF + 8);
    int width = 1 + u24(in, RIFF + 12);
    int height = 1 + u24(in, RIFF + 15);
    image.checkSize(width, height, 4);
    ColorMode mode = (flags & 0x10) != 0 ? ColorMode.RGBA : ColorMode.RGB;
    boolean animated = (flags & 0x02) != 0;
    WebpContainer first = null;
    int frames = 0;
    long at = RIFF;
    while (at + 8 <= end) {
      String type = in.ascii(at, 4);
      long size = in.u32(at + 4);
      in.check(at + 8, size);
      if (type.equals("ANMF") && animated) {
        frames++;
        image.checkFrames(frames);
        if (first == null) {
          WebpContainer frame = simple(image, in, at + 24, at + 8 + size);
          first =
              frame.on(width, height, 2 * u24(in, at + 8), 2 * u24(in, at + 11), mode);
        }
      } else if (type.startsWith("VP8") && !type.equals("VP8X") && !animated) {
        first = simple(image, in, at, end).on(width, height, 0, 0, mode);
        frames = 1;
        break;
      }
      at += 8 + size + (size & 1);
    }
    if (first == null) {
      throw image.broken("chunks", "a frame", "none");
    }
    return first.checked(image, frames);
  }

  /** Finds the bit stream between two places and reads its size. */
  private static WebpContainer simple(EncodedImage image, ByteView in, long from, long end) {
    long at = from;
    while (at + 8 <= end) {
      String type = in.ascii(at, 4);
      long size = in.u32(at + 4);
      if (at + 8 + size > end) {
        throw image.broken("chunk " + type, size + " bytes", end - at - 8);
      }
      int data = in.check(at + 8, size);
      if (type.equals("VP8 ") && size >= 10) {
        int width = in.u16(data + 6L) & 0x3fff;
        int height = in.u16(data + 8L) & 0x3fff;
        image.checkSize(width, height, 2);
        return new WebpContainer(
            width, height, 0, 0, 1, ColorMode.RGB, width, height, false, data, (int) (data + size));
      }
      if (type.equals("VP8L") && size >= 5) {
        long bits = in.u32(data + 1L);
        ColorMode mode = (bits >> 28 & 1) != 0 ? ColorMode.RGBA : ColorMode.RGB;
        if (in.u8(data) != 0x2f || bits >>> 29 != 0) {
          throw image.broken("VP8L", "its signature and version 0", in.u8(data));
        }
        int width = 1 + (int) (bits & 0x3fff);
        int height = 1 + (int) (bits >> 14 & 0x3fff);
        image.checkSize(width, height, 9);
        return new WebpContainer(width, height, 0, 0, 1, mode, width, height, true, data, (int) (data + size));
      }
      at += 8 + size + (size & 1);
    }
    throw image.broken("chunks", "a VP8 or VP8L bit stream", "none");
  }

  private WebpContainer on(int canvasWidth, int canvasHeight, int x, int y, ColorMode canvasMode) {
    return new WebpContainer(
        canvasWidth, canvasHeight, x, y, frames, canvasMode, width, height, lossless, from, to);
  }

  private WebpContainer checked(EncodedImage image, int count) {
    if (left + frameWidth > width || top + frameHeight > height) {
      throw image.broken(
          "frame",
          "a frame inside %d x %d".formatted(width, height),
          "%d x %d at %d, %d".formatted(frameWidth, frameHeight, left, top));
    }
    return new WebpContainer(
        width, height, left, top, count, mode, frameWidth, frameHeight, lossless, from, to);
  }

  private static int u24(ByteView in, long at) {
    return in.u16(at) | in.u8(at + 2) << 16;
  }
}
