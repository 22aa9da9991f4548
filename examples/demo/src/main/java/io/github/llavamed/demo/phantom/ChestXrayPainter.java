package io.github.llavamed.demo.phantom;

import java.util.List;

/** Paints a chest radiograph: body, lungs, spine, heart, ribs, finding. */
final class ChestXrayPainter {
  private static final double LUNG_TILT = 0.12;
  private static final List<Side> SIDES = List.of(Side.RIGHT, Side.LEFT);

  private final ChestXray phantom;
  private final Brush brush;
  private final Canvas canvas;

  /** The lungs of one patient: half axes, distance from the middle, height, brightness. */
  private record Lungs(double a, double b, double x, double y, double gray) {
    Ellipse of(Side side) {
      int s = side.direction();
      return new Ellipse(0.5 + s * x, y, a, b, LUNG_TILT * s);
    }
  }

  ChestXrayPainter(ChestXray phantom, Brush brush) {
    this.phantom = phantom;
    this.brush = brush;
    this.canvas = brush.canvas();
  }

  void paint() {
    canvas.fill(brush.uniform(0.03, 0.10));
    double body = brush.uniform(0.55, 0.65);
    brush.ellipse(Ellipse.of(0.5, 0.66, 0.47, 0.60), body, 0.03);
    brush.ellipse(Ellipse.of(0.5, 0.08, 0.10, 0.14), body, 0.03);
    Lungs lungs =
        new Lungs(
            brush.uniform(0.125, 0.145),
            brush.uniform(0.28, 0.31),
            brush.uniform(0.185, 0.205),
            brush.uniform(0.43, 0.46),
            brush.uniform(0.18, 0.26));
    double heart =
        phantom.heartEnlarged() ? brush.uniform(0.185, 0.215) : brush.uniform(0.105, 0.13);
    for (Side side : SIDES) {
      lung(lungs, side);
    }
    canvas.paint(canvas.cover(Ellipse.of(0.5, 0.55, 0.045, 0.60), 0.02), 0.72, 0.5);
    if (phantom.finding() == Finding.PNEUMOTHORAX) {
      pneumothorax(lungs, phantom.side().orElseThrow());
    }
    heart(heart);
    bones();
    switch (phantom.finding()) {
      case PLEURAL_EFFUSION -> effusion(lungs, phantom.side().orElseThrow());
      case NODULE -> nodule(lungs, phantom.side().orElseThrow());
      default -> {}
    }
  }

  private Mask field(Lungs lungs, Side side) {
    int s = side.direction();
    Ellipse dome = Ellipse.of(0.5 + s * lungs.x(), lungs.y() + lungs.b() + 0.02, 0.17, 0.12);
    return canvas.cover(lungs.of(side), 0.025).without(canvas.cover(dome, 0.02));
  }

  private void lung(Lungs lungs, Side side) {
    Mask field = field(lungs, side);
    canvas.paint(field, lungs.gray());
    double x = 0.5 + side.direction() * (lungs.x() - 0.07);
    Ellipse vessels = Ellipse.of(x, lungs.y() + 0.02, 0.05, 0.10);
    canvas.add(canvas.cover(vessels, 0.06).times(field), 0.10);
  }

  private void pneumothorax(Lungs lungs, Side side) {
    int s = side.direction();
    double share = brush.uniform(0.66, 0.76);
    Ellipse collapsed =
        new Ellipse(
            0.5 + s * (lungs.x() - 0.045),
            lungs.y() + 0.06,
            lungs.a() * share,
            lungs.b() * share,
            LUNG_TILT * s);
    Mask field = field(lungs, side);
    Mask air = field.without(canvas.cover(collapsed));
    canvas.paint(air, 0.02);
    canvas.add(canvas.ring(collapsed, 0.018).times(field), 0.30);
    brush.tags().finding(air);
  }

  private void heart(double halfWidth) {
    double x = 0.5 + 0.035 + (halfWidth - 0.1) * 0.4;
    double height = brush.uniform(0.125, 0.145);
    double gray = brush.uniform(0.70, 0.76);
    canvas.paint(canvas.cover(new Ellipse(x, 0.62, halfWidth, height, 0.25), 0.02), gray);
    if (phantom.heartEnlarged()) {
      brush.tags().heart(canvas.cover(new Ellipse(x, 0.62, halfWidth, 0.135, 0.25)));
    }
  }

  private void bones() {
    for (int k = 0; k < 6; k++) {
      double y = 0.26 + 0.085 * k;
      for (Side side : SIDES) {
        Ellipse rib = Ellipse.of(0.5 + side.direction() * 0.19, y, 0.165, 0.075);
        canvas.add(canvas.times(canvas.ring(rib, 0.016), (atX, atY) -> atY < y ? 1 : 0), 0.09);
      }
    }
    for (Side side : SIDES) {
      int s = side.direction();
      Ellipse clavicle = new Ellipse(0.5 + s * 0.17, 0.175, 0.15, 0.013, -0.22 * s);
      canvas.add(canvas.cover(clavicle), 0.16);
    }
  }

  private void effusion(Lungs lungs, Side side) {
    int s = side.direction();
    double level = brush.uniform(0.53, 0.60);
    Ellipse pleura =
        new Ellipse(
            0.5 + s * lungs.x(),
            lungs.y() + 0.01,
            lungs.a() + 0.015,
            lungs.b() + 0.02,
            LUNG_TILT * s);
    Mask fluid =
        canvas.times(
            canvas.cover(pleura, 0.02),
            (x, y) -> {
              double rise = 0.10 * ((x - 0.5) * s - lungs.x() + lungs.a()) / lungs.a();
              return Canvas.clamp((y - level + rise) / 0.03);
            });
    canvas.paint(fluid, brush.uniform(0.72, 0.80));
    brush.tags().finding(fluid);
  }

  private void nodule(Lungs lungs, Side side) {
    double radius = brush.uniform(0.038, 0.055);
    double x = 0.5 + side.direction() * (lungs.x() + brush.uniform(-0.02, 0.045));
    double y =
        phantom.zone().orElseThrow() == Zone.UPPER
            ? lungs.y() - brush.uniform(0.10, 0.16)
            : lungs.y() + brush.uniform(0.04, 0.10);
    Mask nodule = canvas.cover(Ellipse.disc(x, y, radius), 0.015);
    canvas.paint(nodule, brush.uniform(0.80, 0.92));
    brush.tags().finding(nodule);
  }
}
