package io.github.llavamed.demo.phantom;

/** Paints a stained section: stroma, gland, cells. */
final class HistologyPainter {
  private static final double[] GLAND_NUCLEUS = {0.42, 0.26, 0.58};
  private static final double[] NUCLEOLUS = {0.18, 0.05, 0.30};
  private static final int STREAKS = 10;
  private static final int GLAND_NUCLEI = 16;

  private final HistologySlide phantom;
  private final Brush brush;
  private final Canvas canvas;
  private double[] base = {0, 0, 0};

  /** Where the gland is; radius 0 if there is none. */
  private record Gland(double x, double y, double radius) {
    boolean keepsOut(double atX, double atY, double size) {
      return radius > 0 && Math.hypot(atX - x, atY - y) < 1.5 * radius + size;
    }
  }

  /** How the nuclei of a kind of tissue look; radius and aspect are drawn from ranges. */
  private record Nuclei(
      int count,
      double smallest,
      double largest,
      double narrowest,
      double roundest,
      double[] color,
      boolean nucleoli,
      boolean cytoplasm) {}

  HistologyPainter(HistologySlide phantom, Brush brush) {
    this.phantom = phantom;
    this.brush = brush;
    this.canvas = brush.canvas();
  }

  void paint() {
    base =
        new double[] {
          brush.uniform(0.90, 0.95), brush.uniform(0.72, 0.79), brush.uniform(0.80, 0.87)
        };
    canvas.fill(base);
    for (int i = 0; i < STREAKS; i++) {
      Ellipse streak =
          new Ellipse(
              brush.uniform(0, 1),
              brush.uniform(0, 1),
              brush.uniform(0.2, 0.5),
              brush.uniform(0.01, 0.03),
              brush.uniform(-0.6, 0.6));
      canvas.paint(canvas.cover(streak, 0.02), tint(0.93, 0.82, 0.90), 0.7);
    }
    Gland gland = phantom.gland() ? gland() : new Gland(0, 0, 0);
    Nuclei nuclei = nuclei();
    for (int i = 0; i < nuclei.count(); i++) {
      nucleus(nuclei, gland);
    }
    if (phantom.finding() != Finding.NONE) {
      brush.tags().findingEverywhere();
    }
  }

  private Gland gland() {
    double x = brush.uniform(0.35, 0.65);
    double y = brush.uniform(0.35, 0.65);
    double radius = brush.uniform(0.12, 0.16);
    canvas.paint(canvas.cover(Ellipse.disc(x, y, 1.35 * radius)), tint(0.88, 0.70, 0.88), 1);
    brush.ellipse(Ellipse.disc(x, y, radius), 0.97);
    for (int i = 0; i < GLAND_NUCLEI; i++) {
      double t = 2 * Math.PI * i / GLAND_NUCLEI;
      double atX = x + 1.2 * radius * Math.cos(t);
      double atY = y + 1.2 * radius * Math.sin(t);
      canvas.paint(canvas.cover(new Ellipse(atX, atY, 0.030, 0.018, t)), GLAND_NUCLEUS, 1);
    }
    brush.tags().gland(canvas.cover(Ellipse.disc(x, y, 1.3 * radius)));
    return new Gland(x, y, radius);
  }

  private Nuclei nuclei() {
    PhantomRandom random = brush.random();
    return switch (phantom.finding()) {
      case CARCINOMA ->
          new Nuclei(
              26 + random.index(12),
              0.036,
              0.054,
              0.65,
              1,
              new double[] {0.34, 0.14, 0.46},
              true,
              false);
      case INFLAMMATION ->
          new Nuclei(
              70 + random.index(30),
              0.013,
              0.018,
              0.9,
              1,
              new double[] {0.20, 0.16, 0.50},
              false,
              false);
      default ->
          new Nuclei(
              10 + random.index(7),
              0.020,
              0.027,
              0.7,
              0.95,
              new double[] {0.45, 0.28, 0.60},
              false,
              true);
    };
  }

  private void nucleus(Nuclei kind, Gland gland) {
    double x = brush.uniform(0, 1);
    double y = brush.uniform(0, 1);
    double radius = brush.uniform(kind.smallest(), kind.largest());
    double aspect = brush.uniform(kind.narrowest(), kind.roundest());
    double tilt = brush.uniform(0, Math.PI);
    if (gland.keepsOut(x, y, radius)) {
      return;
    }
    if (kind.cytoplasm()) {
      Ellipse cell = new Ellipse(x, y, 2.2 * radius, 2 * radius, tilt);
      canvas.paint(canvas.cover(cell, 0.02), tint(0.95, 0.86, 0.92), 1);
    }
    double shade = brush.uniform(0.85, 1.15);
    double[] color = kind.color().clone();
    for (int c = 0; c < color.length; c++) {
      color[c] *= shade;
    }
    canvas.paint(canvas.cover(new Ellipse(x, y, radius, radius * aspect, tilt)), color, 1);
    if (kind.nucleoli()) {
      Ellipse nucleolus = Ellipse.disc(x + 0.25 * radius, y, 0.25 * radius);
      canvas.paint(canvas.cover(nucleolus), NUCLEOLUS, 1);
    }
  }

  private double[] tint(double red, double green, double blue) {
    return new double[] {base[0] * red, base[1] * green, base[2] * blue};
  }
}
