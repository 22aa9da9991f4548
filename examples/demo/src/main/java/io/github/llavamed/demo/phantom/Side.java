package io.github.llavamed.demo.phantom;

import java.util.Locale;

/** A side of the patient, whose left is on the viewer's right, as in radiology. */
public enum Side {
  /** The patient's left. */
  LEFT(1),
  /** The patient's right. */
  RIGHT(-1);

  private final int direction;

  Side(int direction) {
    this.direction = direction;
  }

  /** Returns where it lies in the image: +1 towards larger x, -1 towards smaller. */
  public int direction() {
    return direction;
  }

  /** Returns {@code left} or {@code right}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT);
  }
}
