package io.github.llavamed.demo.phantom;

import java.util.Arrays;

/**
 * A square picture that soft shapes are painted on, seen through a {@link Pose}.
 *
 * <p>Colours run from 0 to 1 in three channels. Confined to one thread.
 */
final class Canvas {
  static final int CHANNELS = 3;
  private static final double CENTRE = 0.5;

  private final int size;
  private final Pose pose;
  private final double pixel;
  private final float[][] colors; // [3, size * size]
  private final double[] shapeX; // [size * size]
  private final double[] shapeY; // [size * size]

  Canvas(int size, Pose pose) {
    this.size = size;
    this.pose = pose;
    this.pixel = 1 / (size * pose.scale());
    this.colors = new float[CHANNELS][size * size];
    this.shapeX = new double[size * size];
    this.shapeY = new double[size * size];
    for (int row = 0, i = 0; row < size; row++) {
      for (int column = 0; column < size; column++, i++) {
        double x = (column + CENTRE) / size;
        double y = (row + CENTRE) / size;
        shapeX[i] = pose.toShapeX(x, y);
        shapeY[i] = pose.toShapeY(x, y);
      }
    }
  }

  int size() {
    return size;
  }

  float[][] colors() {
    return colors;
  }

  /** Fills everything with a grey. */
  void fill(double gray) {
    fill(new double[] {gray, gray, gray});
  }

  /** Fills everything with a colour. */
  void fill(double[] rgb) {
    for (int c = 0; c < CHANNELS; c++) {
      Arrays.fill(colors[c], (float) rgb[c]);
    }
  }

  /** Returns the inside of an ellipse, its edge one pixel soft. */
  Mask cover(Ellipse shape) {
    return cover(shape, 0);
  }

  /** Returns the inside of an ellipse, its edge {@code soft} wide but at least a pixel. */
  Mask cover(Ellipse shape, double soft) {
    double edge = Math.max(pixel, soft);
    return box(
        shape, edge / 2, distance -> clamp((1 - distance) * shape.shortAxis() / edge + CENTRE));
  }

  /** Returns the outline of an ellipse, {@code width} wide. */
  Mask ring(Ellipse shape, double width) {
    return box(
        shape,
        (width + pixel) / 2,
        distance ->
            clamp((width / 2 - Math.abs(distance - 1) * shape.shortAxis()) / pixel + CENTRE));
  }

  /** Computes a mask's value from the distance to the centre, which is 1 on the ellipse. */
  private interface DistanceFunction {
    double apply(double distance);
  }

  /** Computes a mask inside the smallest box that is sure to hold it. */
  private Mask box(Ellipse shape, double margin, DistanceFunction function) {
    double reach =
        shape.longAxis() * (1 + margin / shape.shortAxis()) * pose.scale() * size + 1; // pixels
    double centreX = pose.toImageX(shape.x(), shape.y()) * size;
    double centreY = pose.toImageY(shape.x(), shape.y()) * size;
    int left = Math.max(0, (int) (centreX - reach));
    int top = Math.max(0, (int) (centreY - reach));
    int width = Math.max(0, Math.min(size, (int) (centreX + reach) + 1) - left);
    int height = Math.max(0, Math.min(size, (int) (centreY + reach) + 1) - top);
    float[] values = new float[width * height];
    double cos = Math.cos(shape.tilt());
    double sin = Math.sin(shape.tilt());
    for (int row = 0, i = 0; row < height; row++) {
      for (int column = 0; column < width; column++, i++) {
        int at = (top + row) * size + left + column;
        double x = shapeX[at] - shape.x();
        double y = shapeY[at] - shape.y();
        double u = (cos * x + sin * y) / shape.a();
        double v = (-sin * x + cos * y) / shape.b();
        values[i] = (float) function.apply(Math.sqrt(u * u + v * v));
      }
    }
    return new Mask(left, top, width, height, values);
  }

  /** Computes a factor from a place in the unit square. */
  interface PlaceFunction {
    /** Returns the factor at a place. */
    double apply(double x, double y);
  }

  /** Returns a mask multiplied with a function of the place. */
  Mask times(Mask mask, PlaceFunction factor) {
    return mask.map(
        (column, row, value) ->
            value * factor.apply(shapeX[row * size + column], shapeY[row * size + column]));
  }

  /** Covers the picture with a grey where a mask is. */
  void paint(Mask mask, double gray) {
    paint(mask, gray, 1);
  }

  /** Covers the picture with a grey where a mask is, {@code alpha} of it opaque. */
  void paint(Mask mask, double gray, double alpha) {
    paint(mask, new double[] {gray, gray, gray}, alpha);
  }

  /** Covers the picture with a colour where a mask is, {@code alpha} of it opaque. */
  void paint(Mask mask, double[] rgb, double alpha) {
    for (int c = 0; c < CHANNELS; c++) {
      float[] channel = colors[c];
      for (int row = 0, i = 0; row < mask.height(); row++) {
        int at = (mask.top() + row) * size + mask.left();
        for (int column = 0; column < mask.width(); column++, i++, at++) {
          double share = mask.values()[i] * alpha;
          channel[at] = (float) (channel[at] * (1 - share) + rgb[c] * share);
        }
      }
    }
  }

  /** Lightens the picture where a mask is. */
  void add(Mask mask, double gray) {
    for (float[] channel : colors) {
      for (int row = 0, i = 0; row < mask.height(); row++) {
        int at = (mask.top() + row) * size + mask.left();
        for (int column = 0; column < mask.width(); column++, i++, at++) {
          channel[at] += (float) (mask.values()[i] * gray);
        }
      }
    }
  }

  /** Returns the value, or the nearer of 0 and 1. */
  static double clamp(double value) {
    return Math.min(1, Math.max(0, value));
  }
}
