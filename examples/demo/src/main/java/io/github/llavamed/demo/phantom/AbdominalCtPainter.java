package io.github.llavamed.demo.phantom;

import java.util.List;

/** Paints a slice through the abdomen: wall, ribs, organs, vessels, finding. */
final class AbdominalCtPainter {
  private static final double SPLEEN_X = 0.77;
  private static final double SPLEEN_Y = 0.46;
  private static final int RIBS = 10;
  private static final int RIBS_OF_A_SIDE = 5;

  private final AbdominalCt phantom;
  private final Brush brush;
  private final Canvas canvas;

  AbdominalCtPainter(AbdominalCt phantom, Brush brush) {
    this.phantom = phantom;
    this.brush = brush;
    this.canvas = brush.canvas();
  }

  void paint() {
    canvas.fill(0.02);
    wall();
    double liverX = brush.uniform(0.28, 0.31);
    double liverY = brush.uniform(0.42, 0.45);
    liver(liverX, liverY);
    double spleen = brush.uniform(0.55, 0.60);
    brush.ellipse(new Ellipse(SPLEEN_X, SPLEEN_Y, 0.065, 0.115, -0.3), spleen);
    double stomachX = brush.uniform(0.64, 0.67);
    brush.ellipse(new Ellipse(stomachX, 0.35, 0.085, 0.06, 0.3), brush.uniform(0.20, 0.30));
    spine();
    vessels();
    for (Side side : List.of(Side.RIGHT, Side.LEFT)) {
      kidney(side);
    }
    if (phantom.finding() == Finding.CYST) {
      cyst(liverX, liverY);
    }
  }

  private void wall() {
    double a = brush.uniform(0.42, 0.46);
    double b = brush.uniform(0.33, 0.37);
    brush.ellipse(Ellipse.of(0.5, 0.5, a, b), 0.32);
    brush.ellipse(Ellipse.of(0.5, 0.5, a - 0.035, b - 0.035), brush.uniform(0.42, 0.47));
    for (int k = 0; k < RIBS; k++) {
      double t = Math.PI * (0.08 + 0.16 * k + (k >= RIBS_OF_A_SIDE ? 0.5 : 0));
      double x = 0.5 + (a - 0.045) * Math.cos(t);
      double y = 0.5 + (b - 0.045) * Math.sin(t);
      brush.ellipse(new Ellipse(x, y, 0.028, 0.012, t + Math.PI / 2), 0.9);
    }
  }

  private void liver(double x, double y) {
    double gray = brush.uniform(0.57, 0.62);
    brush.ellipse(new Ellipse(x, y, 0.175, 0.165, -0.3), gray);
    brush.ellipse(new Ellipse(x + 0.14, y - 0.06, 0.12, 0.08, 0.2), gray);
  }

  private void spine() {
    brush.ellipse(Ellipse.of(0.5, 0.69, 0.062, 0.055), 0.92);
    brush.ellipse(Ellipse.disc(0.5, 0.765, 0.028), 0.30);
    brush.ellipse(Ellipse.of(0.5, 0.80, 0.015, 0.04), 0.88);
  }

  private void vessels() {
    boolean wide = phantom.finding() == Finding.AORTIC_ANEURYSM;
    double radius = wide ? brush.uniform(0.062, 0.075) : brush.uniform(0.026, 0.032);
    Mask aorta = canvas.cover(Ellipse.disc(0.53, 0.625 - 0.6 * radius, radius));
    canvas.paint(aorta, brush.uniform(0.70, 0.76));
    if (wide) {
      brush.tags().finding(aorta);
    }
    brush.ellipse(Ellipse.of(0.455, 0.585, 0.030, 0.022), 0.58);
  }

  private void kidney(Side side) {
    int s = side.direction();
    double x = 0.5 + s * brush.uniform(0.185, 0.205);
    double y = brush.uniform(0.64, 0.67);
    brush.ellipse(new Ellipse(x, y, 0.060, 0.082, -0.3 * s), brush.uniform(0.66, 0.71));
    brush.ellipse(Ellipse.of(x - 0.02 * s, y, 0.022, 0.035), 0.45);
    if (phantom.finding() == Finding.KIDNEY_STONE && phantom.side().orElseThrow() == side) {
      double radius = brush.uniform(0.026, 0.034);
      double stoneX = x + brush.uniform(-0.012, 0.012);
      double stoneY = y + brush.uniform(-0.03, 0.03);
      Mask stone = canvas.cover(Ellipse.disc(stoneX, stoneY, radius));
      canvas.paint(stone, 1);
      brush.tags().finding(stone);
    }
  }

  private void cyst(double liverX, double liverY) {
    double radius = brush.uniform(0.042, 0.060);
    double x;
    double y;
    if (phantom.zone().orElseThrow() == Zone.LIVER) {
      x = liverX + brush.uniform(-0.07, 0.03);
      y = liverY + brush.uniform(-0.06, 0.06);
    } else {
      radius *= 0.85;
      x = SPLEEN_X + brush.uniform(-0.01, 0.01);
      y = SPLEEN_Y + brush.uniform(-0.04, 0.04);
    }
    double aspect = brush.uniform(0.85, 1.1);
    Mask cyst = canvas.cover(Ellipse.of(x, y, radius, radius * aspect), 0.02);
    canvas.paint(cyst, brush.uniform(0.22, 0.32));
    brush.tags().finding(cyst);
  }
}
