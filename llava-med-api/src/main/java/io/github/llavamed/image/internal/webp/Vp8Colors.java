package io.github.llavamed.image.internal.webp;

/**
 * Turns luma and halved chroma into RGB as libwebp does: smooth upsampling with weights 9, 3, 3, 1,
 * then BT.601 of studio range in fixed point.
 */
final class Vp8Colors {
  private Vp8Colors() {}

  /** Converts the visible part of the planes. // [height, width, 3] */
  static byte[] toRgb(Vp8Plane luma, Vp8Plane blue, Vp8Plane red, int width, int height) {
    byte[] rgb = new byte[Math.multiplyExact(Math.multiplyExact(width, height), 3)];
    int lastX = (width + 1) / 2 - 1;
    int lastY = (height + 1) / 2 - 1;
    int out = 0;
    for (int y = 0; y < height; y++) {
      int nearY = y / 2;
      int farY = neighbour(y, lastY);
      for (int x = 0; x < width; x++, out += 3) {
        int nearX = x / 2;
        int farX = neighbour(x, lastX);
        int u = blend(blue, nearX, farX, nearY, farY);
        int v = blend(red, nearX, farX, nearY, farY);
        convert(luma.get(x, y), u, v, rgb, out);
      }
    }
    return rgb;
  }

  private static int neighbour(int position, int last) {
    int next = position / 2 + (position % 2 == 0 ? -1 : 1);
    return Math.max(0, Math.min(last, next));
  }

  private static int blend(Vp8Plane plane, int nearX, int farX, int nearY, int farY) {
    int sum =
        9 * plane.get(nearX, nearY)
            + 3 * plane.get(farX, nearY)
            + 3 * plane.get(nearX, farY)
            + plane.get(farX, farY);
    return sum + 8 >> 4;
  }

  private static void convert(int y, int u, int v, byte[] rgb, int out) {
    int base = y * 19077 >> 8;
    rgb[out] = clip(base + (v * 26149 >> 8) - 14234);
    rgb[out + 1] = clip(base - (u * 6419 >> 8) - (v * 13320 >> 8) + 8708);
    rgb[out + 2] = clip(base + (u * 33050 >> 8) - 17685);
  }

  private static byte clip(int value) {
    return (byte) Math.max(0, Math.min(255, value >> 6));
  }
}
