package io.github.llavamed.demo.phantom;

/**
 * What a painter works with.
 *
 * @param canvas the picture
 * @param tags where things are
 * @param random draws sizes, places and brightness
 */
record Brush(Canvas canvas, Tags tags, PhantomRandom random) {
  double uniform(double from, double to) {
    return random.uniform(from, to);
  }

  /** Paints the inside of an ellipse in a grey. */
  void ellipse(Ellipse shape, double gray) {
    canvas.paint(canvas.cover(shape), gray);
  }

  /** Paints the inside of an ellipse with a soft edge in a grey. */
  void ellipse(Ellipse shape, double gray, double soft) {
    canvas.paint(canvas.cover(shape, soft), gray);
  }
}
