package io.github.llavamed.demo.phantom;

/**
 * How the patient lies: the map from pixels to the unit square that shapes are given in.
 *
 * @param dx shift to the right
 * @param dy shift down
 * @param scale size, 1 for the shapes' own
 * @param tilt turn in radians
 */
record Pose(double dx, double dy, double scale, double tilt) {
  private static final double MAX_SHIFT = 0.03;
  private static final double MIN_SCALE = 0.94;
  private static final double MAX_SCALE = 1.06;
  private static final double MAX_TILT = 0.07;

  static Pose draw(PhantomRandom random) {
    return new Pose(
        random.uniform(-MAX_SHIFT, MAX_SHIFT),
        random.uniform(-MAX_SHIFT, MAX_SHIFT),
        random.uniform(MIN_SCALE, MAX_SCALE),
        random.uniform(-MAX_TILT, MAX_TILT));
  }

  /** Returns the x of a pixel's place in the unit square. */
  double toShapeX(double x, double y) {
    return (Math.cos(tilt) * (x - 0.5 - dx) + Math.sin(tilt) * (y - 0.5 - dy)) / scale + 0.5;
  }

  /** Returns the y of a pixel's place in the unit square. */
  double toShapeY(double x, double y) {
    return (-Math.sin(tilt) * (x - 0.5 - dx) + Math.cos(tilt) * (y - 0.5 - dy)) / scale + 0.5;
  }

  /** Returns where a point of the unit square appears, x. */
  double toImageX(double x, double y) {
    return scale * (Math.cos(tilt) * (x - 0.5) - Math.sin(tilt) * (y - 0.5)) + 0.5 + dx;
  }

  /** Returns where a point of the unit square appears, y. */
  double toImageY(double x, double y) {
    return scale * (Math.sin(tilt) * (x - 0.5) + Math.cos(tilt) * (y - 0.5)) + 0.5 + dy;
  }
}
