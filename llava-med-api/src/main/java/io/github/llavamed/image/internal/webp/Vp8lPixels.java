package io.github.llavamed.image.internal.webp;

import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * Decodes an entropy-coded image of VP8L: literals, copies and a cache of colours.
 *
 * <p>Pixels are integers of alpha, red, green and blue, eight bits each.
 */
final class Vp8lPixels {
  private static final int CODES = 5;
  private static final int LITERALS = 256;
  private static final int LENGTHS = 24;
  private static final int DISTANCES = 40;
  private static final int NEAR = 120;
  private static final int HASH = 0x1e35a7bd;

  /** Rows up (high half) and 8 less columns left (low half) of the 120 nearest places. */
  private static final byte[] NEIGHBOURS =
      HexFormat.of()
          .parseHex(
              "1807171928062729161a262a38053739151b363a252b48044749141c353b464a242c58454b343c03"
                  + "5759131d565a232d444c555b333d68026769121e666a222e545c434d656b323e78017779535d111f"
                  + "646c424e767a212f757b313f636d525e00747c414f1020626e30737d515f40727e616f50717f6070");

  private final Vp8lBits in;
  private final int width;
  private final int height;
  private final int cacheBits;
  private final int[] cache;
  private final int groupBits;
  private final int groupsAcross;
  private final int @Nullable [] groupOf; // one pixel per block, the group in red and green
  private final Vp8lCode[] codes; // [groups, 5]: green and lengths, red, blue, alpha, distances

  /**
   * Reads the codes of an image.
   *
   * @param main whether it is the picture itself, which may have several groups of codes
   */
  private Vp8lPixels(Vp8lBits in, int width, int height, boolean main) {
    this.in = in;
    this.width = width;
    this.height = height;
    this.cacheBits = in.flag() ? in.number(4) : 0;
    if (cacheBits > 11) {
      throw in.image().broken("VP8L", "a colour cache of at most 11 bits", cacheBits);
    }
    this.cache = new int[cacheBits == 0 ? 0 : 1 << cacheBits];
    int groups = 1;
    if (main && in.flag()) {
      this.groupBits = 2 + in.number(3);
      this.groupsAcross = blocks(width, groupBits);
      int[] map = read(in, groupsAcross, blocks(height, groupBits), false);
      for (int pixel : map) {
        groups = Math.max(groups, (pixel >> 8 & 0xffff) + 1);
      }
      this.groupOf = map;
    } else {
      this.groupBits = 0;
      this.groupsAcross = 0;
      this.groupOf = null;
    }
    int[] alphabets = {LITERALS + LENGTHS + cache.length, LITERALS, LITERALS, LITERALS, DISTANCES};
    this.codes = new Vp8lCode[groups * CODES];
    for (int i = 0; i < codes.length; i++) {
      codes[i] = Vp8lCode.read(in, alphabets[i % CODES]);
    }
  }

  /** Reads an image. // [height, width] */
  static int[] read(Vp8lBits in, int width, int height, boolean main) {
    return new Vp8lPixels(in, width, height, main).decode();
  }

  /** Returns how many blocks of {@code 2^bits} pixels cover a side. */
  static int blocks(int side, int bits) {
    return side + (1 << bits) - 1 >> bits;
  }

  private int[] decode() {
    int[] pixels = new int[Math.multiplyExact(width, height)];
    int at = 0;
    while (at < pixels.length) {
      int group = group(at) * CODES;
      int symbol = codes[group].symbol(in);
      if (symbol < LITERALS) {
        int red = codes[group + 1].symbol(in);
        int blue = codes[group + 2].symbol(in);
        int alpha = codes[group + 3].symbol(in);
        pixels[at] = alpha << 24 | red << 16 | symbol << 8 | blue;
        remember(pixels[at++]);
      } else if (symbol < LITERALS + LENGTHS) {
        int length = extended(symbol - LITERALS);
        int distance = distance(extended(codes[group + 4].symbol(in)));
        if (distance > at || length > pixels.length - at) {
          throw in.image()
              .broken(
                  "VP8L",
                  "a copy inside the picture",
                  "%d pixels from %d before pixel %d".formatted(length, distance, at));
        }
        for (int i = 0; i < length; i++, at++) {
          pixels[at] = pixels[at - distance];
          remember(pixels[at]);
        }
      } else {
        pixels[at] = cache[symbol - LITERALS - LENGTHS];
        remember(pixels[at++]);
      }
    }
    return pixels;
  }

  private int group(int at) {
    if (groupOf == null) {
      return 0;
    }
    int x = at % width >> groupBits;
    int y = at / width >> groupBits;
    return groupOf[y * groupsAcross + x] >> 8 & 0xffff;
  }

  private void remember(int pixel) {
    if (cacheBits > 0) {
      cache[pixel * HASH >>> 32 - cacheBits] = pixel;
    }
  }

  /** Returns the length or distance that a symbol and the bits behind it stand for. */
  private int extended(int symbol) {
    if (symbol < 4) {
      return symbol + 1;
    }
    int extra = symbol - 2 >> 1;
    return (2 + (symbol & 1) << extra) + in.number(extra) + 1;
  }

  private int distance(int code) {
    if (code > NEAR) {
      return code - NEAR;
    }
    int place = NEIGHBOURS[code - 1];
    return Math.max(1, (place >> 4) * width + 8 - (place & 15));
  }
}
