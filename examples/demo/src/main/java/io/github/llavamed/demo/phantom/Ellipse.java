package io.github.llavamed.demo.phantom;

/**
 * An ellipse in the unit square, x to the right, y down.
 *
 * @param x centre
 * @param y centre
 * @param a half axis along x before turning, above 0
 * @param b half axis along y before turning, above 0
 * @param tilt angle in radians by which it is turned
 */
record Ellipse(double x, double y, double a, double b, double tilt) {
  /** An ellipse that is not turned. */
  static Ellipse of(double x, double y, double a, double b) {
    return new Ellipse(x, y, a, b, 0);
  }

  /** A disc. */
  static Ellipse disc(double x, double y, double radius) {
    return new Ellipse(x, y, radius, radius, 0);
  }

  /** Returns this one turned to an angle. */
  Ellipse tilted(double angle) {
    return new Ellipse(x, y, a, b, angle);
  }

  /** Returns the shorter half axis. */
  double shortAxis() {
    return Math.min(a, b);
  }

  /** Returns the longer half axis. */
  double longAxis() {
    return Math.max(a, b);
  }
}
