package io.github.llavamed.image.internal.webp;

import io.github.llavamed.image.internal.Rgb;

/** Smooths the edges of blocks (RFC 6386, section 15). */
final class Vp8LoopFilter {
  private final Vp8Header header;
  private final int columns;
  private final int rows;
  private final byte[] levels; // [rows, columns]
  private final boolean[] inner; // [rows, columns]

  Vp8LoopFilter(Vp8Header header, int columns, int rows) {
    this.header = header;
    this.columns = columns;
    this.rows = rows;
    this.levels = new byte[columns * rows];
    this.inner = new boolean[columns * rows];
  }

  /** Notes how a macroblock is to be filtered: its level, and whether its inner edges are. */
  void set(int x, int y, int level, boolean innerEdges) {
    levels[y * columns + x] = (byte) level;
    inner[y * columns + x] = innerEdges;
  }

  /** Filters all macroblocks, row by row. */
  void apply(Vp8Plane luma, Vp8Plane blue, Vp8Plane red) {
    if (!header.filters()) {
      return;
    }
    for (int y = 0; y < rows; y++) {
      for (int x = 0; x < columns; x++) {
        int level = levels[y * columns + x];
        if (level == 0) {
          continue;
        }
        int interior = interiorLimit(level);
        int limit = 2 * level + interior;
        boolean edges = inner[y * columns + x];
        if (header.isSimpleFilter()) {
          simple(luma, x, y, limit, edges);
        } else {
          int variance = level >= 40 ? 2 : level >= 15 ? 1 : 0;
          normal(luma, x, y, 16, limit, interior, variance, edges);
          normal(blue, x, y, 8, limit, interior, variance, edges);
          normal(red, x, y, 8, limit, interior, variance, edges);
        }
      }
    }
  }

  private int interiorLimit(int level) {
    int limit = level;
    if (header.sharpness() > 0) {
      limit >>= header.sharpness() > 4 ? 2 : 1;
      limit = Math.min(limit, 9 - header.sharpness());
    }
    return Math.max(1, limit);
  }

  private static void simple(Vp8Plane plane, int x, int y, int limit, boolean edges) {
    int at = plane.at(x * 16, y * 16);
    if (x > 0) {
      simpleEdge(plane.samples, at, 1, plane.stride, limit + 4);
    }
    for (int i = 4; i < 16 && edges; i += 4) {
      simpleEdge(plane.samples, at + i, 1, plane.stride, limit);
    }
    if (y > 0) {
      simpleEdge(plane.samples, at, plane.stride, 1, limit + 4);
    }
    for (int i = 4; i < 16 && edges; i += 4) {
      simpleEdge(plane.samples, at + i * plane.stride, plane.stride, 1, limit);
    }
  }

  private static void simpleEdge(byte[] s, int from, int across, int along, int limit) {
    for (int i = 0, p = from; i < 16; i++, p += along) {
      if (isWithin(s, p, across, 2 * limit + 1)) {
        adjustTwo(s, p, across);
      }
    }
  }

  private static void normal(
      Vp8Plane plane,
      int x,
      int y,
      int size,
      int limit,
      int interior,
      int variance,
      boolean edges) {
    byte[] s = plane.samples;
    int stride = plane.stride;
    int at = plane.at(x * size, y * size);
    if (x > 0) {
      outerEdge(s, at, 1, stride, size, limit + 4, interior, variance);
    }
    for (int i = 4; i < size && edges; i += 4) {
      innerEdge(s, at + i, 1, stride, size, limit, interior, variance);
    }
    if (y > 0) {
      outerEdge(s, at, stride, 1, size, limit + 4, interior, variance);
    }
    for (int i = 4; i < size && edges; i += 4) {
      innerEdge(s, at + i * stride, stride, 1, size, limit, interior, variance);
    }
  }

  private static void outerEdge(
      byte[] s, int from, int across, int along, int size, int limit, int interior, int variance) {
    for (int i = 0, p = from; i < size; i++, p += along) {
      if (isSmooth(s, p, across, 2 * limit + 1, interior)) {
        if (isVaried(s, p, across, variance)) {
          adjustTwo(s, p, across);
        } else {
          adjustSix(s, p, across);
        }
      }
    }
  }

  private static void innerEdge(
      byte[] s, int from, int across, int along, int size, int limit, int interior, int variance) {
    for (int i = 0, p = from; i < size; i++, p += along) {
      if (isSmooth(s, p, across, 2 * limit + 1, interior)) {
        if (isVaried(s, p, across, variance)) {
          adjustTwo(s, p, across);
        } else {
          adjustFour(s, p, across);
        }
      }
    }
  }

  private static boolean isWithin(byte[] s, int p, int step, int limit) {
    return 4 * distance(s, p - step, p) + distance(s, p - 2 * step, p + step) <= limit;
  }

  private static boolean isSmooth(byte[] s, int p, int step, int limit, int interior) {
    return isWithin(s, p, step, limit)
        && distance(s, p - 4 * step, p - 3 * step) <= interior
        && distance(s, p - 3 * step, p - 2 * step) <= interior
        && distance(s, p - 2 * step, p - step) <= interior
        && distance(s, p + 3 * step, p + 2 * step) <= interior
        && distance(s, p + 2 * step, p + step) <= interior
        && distance(s, p + step, p) <= interior;
  }

  private static boolean isVaried(byte[] s, int p, int step, int threshold) {
    return distance(s, p - 2 * step, p - step) > threshold || distance(s, p + step, p) > threshold;
  }

  private static int distance(byte[] s, int a, int b) {
    return Math.abs((s[a] & 0xff) - (s[b] & 0xff));
  }

  private static int difference(byte[] s, int a, int b) {
    return (s[a] & 0xff) - (s[b] & 0xff);
  }

  private static void adjustTwo(byte[] s, int p, int step) {
    int a = 3 * difference(s, p, p - step) + signed(difference(s, p - 2 * step, p + step));
    move(s, p - step, small(a + 3 >> 3));
    move(s, p, -small(a + 4 >> 3));
  }

  private static void adjustFour(byte[] s, int p, int step) {
    int a = 3 * difference(s, p, p - step);
    int a1 = small(a + 4 >> 3);
    int a2 = small(a + 3 >> 3);
    int a3 = a1 + 1 >> 1;
    move(s, p - 2 * step, a3);
    move(s, p - step, a2);
    move(s, p, -a1);
    move(s, p + step, -a3);
  }

  private static void adjustSix(byte[] s, int p, int step) {
    int a = signed(3 * difference(s, p, p - step) + signed(difference(s, p - 2 * step, p + step)));
    int a1 = 27 * a + 63 >> 7;
    int a2 = 18 * a + 63 >> 7;
    int a3 = 9 * a + 63 >> 7;
    move(s, p - 3 * step, a3);
    move(s, p - 2 * step, a2);
    move(s, p - step, a1);
    move(s, p, -a1);
    move(s, p + step, -a2);
    move(s, p + 2 * step, -a3);
  }

  private static void move(byte[] s, int at, int by) {
    s[at] = Rgb.clip((s[at] & 0xff) + by);
  }

  private static int signed(int value) {
    return Math.max(-128, Math.min(127, value));
  }

  private static int small(int value) {
    return Math.max(-16, Math.min(15, value));
  }
}
