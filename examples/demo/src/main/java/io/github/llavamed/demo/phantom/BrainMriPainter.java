package io.github.llavamed.demo.phantom;

import java.util.List;

/** Paints a slice through the head: skull, brain, ventricles, finding. */
final class BrainMriPainter {
  private static final int SULCI = 14;

  private final BrainMri phantom;
  private final Brush brush;
  private final Canvas canvas;

  BrainMriPainter(BrainMri phantom, Brush brush) {
    this.phantom = phantom;
    this.brush = brush;
    this.canvas = brush.canvas();
  }

  void paint() {
    canvas.fill(0.01);
    double a = brush.uniform(0.345, 0.375);
    double b = brush.uniform(0.43, 0.455);
    brush.ellipse(Ellipse.of(0.5, 0.5, a, b), 0.72);
    brush.ellipse(Ellipse.of(0.5, 0.5, a - 0.025, b - 0.025), 0.06);
    brush.ellipse(Ellipse.of(0.5, 0.5, a - 0.045, b - 0.045), brush.uniform(0.50, 0.56));
    brush.ellipse(Ellipse.of(0.5, 0.5, a - 0.105, b - 0.105), brush.uniform(0.38, 0.43), 0.03);
    for (int k = 0; k < SULCI; k++) {
      double t = 2 * Math.PI * (k + brush.uniform(-0.2, 0.2)) / SULCI;
      double x = 0.5 + (a - 0.07) * Math.cos(t);
      double y = 0.5 + (b - 0.07) * Math.sin(t);
      brush.ellipse(new Ellipse(x, y, 0.030, 0.008, t), 0.80);
    }
    brush.ellipse(Ellipse.of(0.5, 0.5, 0.006, b - 0.06), 0.75);
    ventricles();
    switch (phantom.finding()) {
      case TUMOR -> tumor(place());
      case HEMORRHAGE -> hemorrhage(place());
      default -> {}
    }
  }

  private void ventricles() {
    boolean wide = phantom.finding() == Finding.HYDROCEPHALUS;
    double a = wide ? brush.uniform(0.058, 0.072) : brush.uniform(0.022, 0.030);
    double b = wide ? brush.uniform(0.135, 0.16) : brush.uniform(0.085, 0.11);
    double offset = wide ? 0.080 : 0.045;
    for (Side side : List.of(Side.RIGHT, Side.LEFT)) {
      int s = side.direction();
      Mask ventricle = canvas.cover(new Ellipse(0.5 + s * offset, 0.47, a, b, 0.18 * s), 0.012);
      canvas.paint(ventricle, 0.92);
      if (wide) {
        brush.tags().finding(ventricle);
      }
    }
  }

  /** Returns where a mass is, and how large. */
  private Ellipse place() {
    double x = 0.5 + phantom.side().orElseThrow().direction() * brush.uniform(0.14, 0.19);
    double y =
        phantom.zone().orElseThrow() == Zone.FRONTAL
            ? brush.uniform(0.28, 0.34)
            : brush.uniform(0.67, 0.73);
    double radius = brush.uniform(0.060, 0.085);
    return Ellipse.of(x, y, radius, radius * brush.uniform(0.85, 1.15));
  }

  private void tumor(Ellipse mass) {
    canvas.paint(canvas.cover(Ellipse.disc(mass.x(), mass.y(), 1.3 * mass.a()), 0.06), 0.70, 0.7);
    Mask rim = canvas.cover(mass, 0.012);
    canvas.paint(rim, 0.98);
    brush.ellipse(Ellipse.of(mass.x(), mass.y(), mass.a() / 2, mass.b() / 2), 0.50, 0.02);
    brush.tags().finding(rim);
  }

  private void hemorrhage(Ellipse mass) {
    Mask blood = canvas.cover(mass, 0.012);
    canvas.paint(blood, 0.03);
    brush.tags().finding(blood);
  }
}
