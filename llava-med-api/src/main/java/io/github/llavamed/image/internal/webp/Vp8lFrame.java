package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.internal.EncodedImage;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.EnumSet;
import java.util.Set;

/**
 * Decodes one VP8L bit stream (<a href="https://www.rfc-editor.org/rfc/rfc9649">RFC 9649</a>,
 * section 3).
 */
final class Vp8lFrame {
  private static final int HEADER_BYTES = 5;

  private final EncodedImage image;
  private final Vp8lBits in;
  private final Deque<Vp8lTransform> transforms = new ArrayDeque<>();

  Vp8lFrame(EncodedImage image, int from, int to) {
    this.image = image;
    this.in = new Vp8lBits(image, from + HEADER_BYTES, to);
  }

  /** Returns the RGB of a frame; alpha is dropped. // [height, width, 3] */
  byte[] decode(int width, int height) {
    int columns = readTransforms(width, height);
    int[] pixels = Vp8lPixels.read(in, columns, height, true);
    while (!transforms.isEmpty()) {
      pixels = transforms.pop().undo(pixels, height);
    }
    byte[] rgb = new byte[Math.multiplyExact(pixels.length, 3)];
    for (int i = 0, out = 0; i < pixels.length; i++) {
      rgb[out++] = (byte) (pixels[i] >> 16);
      rgb[out++] = (byte) (pixels[i] >> 8);
      rgb[out++] = (byte) pixels[i];
    }
    return rgb;
  }

  /** Reads the transforms; returns the columns of the picture that is coded. */
  private int readTransforms(int width, int height) {
    Set<Vp8lTransform.Type> seen = EnumSet.noneOf(Vp8lTransform.Type.class);
    int columns = width;
    while (in.flag()) {
      Vp8lTransform.Type type = Vp8lTransform.Type.values()[in.number(2)];
      if (!seen.add(type)) {
        throw image.broken("VP8L", "each transform once", type + " twice");
      }
      switch (type) {
        case SUBTRACT_GREEN -> transforms.push(new Vp8lTransform(type, 0, columns, new int[0]));
        case COLOR_INDEXING -> {
          int[] palette = Vp8lPixels.read(in, 1 + in.number(8), 1, false);
          for (int i = 1; i < palette.length; i++) {
            palette[i] = Vp8lTransform.add(palette[i], palette[i - 1]);
          }
          int colors = palette.length;
          int bits = colors > 16 ? 0 : colors > 4 ? 1 : colors > 2 ? 2 : 3;
          transforms.push(new Vp8lTransform(type, bits, columns, palette));
          columns = Vp8lPixels.blocks(columns, bits);
        }
        default -> {
          int bits = 2 + in.number(3);
          int[] data =
              Vp8lPixels.read(
                  in, Vp8lPixels.blocks(columns, bits), Vp8lPixels.blocks(height, bits), false);
          transforms.push(new Vp8lTransform(type, bits, columns, data));
        }
      }
    }
    return columns;
  }
}
