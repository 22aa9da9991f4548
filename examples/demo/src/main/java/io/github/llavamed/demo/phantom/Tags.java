package io.github.llavamed.demo.phantom;

import java.util.Arrays;

/** Where finding, heart and gland are in an image: what a tower learns to see. */
final class Tags {
  private final int size;
  private final float[] finding; // [size * size]
  private final float[] heart; // [size * size]
  private final float[] gland; // [size * size]

  Tags(int size) {
    this.size = size;
    this.finding = new float[size * size];
    this.heart = new float[size * size];
    this.gland = new float[size * size];
  }

  void finding(Mask mask) {
    mark(finding, mask);
  }

  void findingEverywhere() {
    Arrays.fill(finding, 1);
  }

  void heart(Mask mask) {
    mark(heart, mask);
  }

  void gland(Mask mask) {
    mark(gland, mask);
  }

  float[] finding() {
    return finding;
  }

  float[] heart() {
    return heart;
  }

  float[] gland() {
    return gland;
  }

  private void mark(float[] tag, Mask mask) {
    for (int row = 0, i = 0; row < mask.height(); row++) {
      int at = (mask.top() + row) * size + mask.left();
      for (int column = 0; column < mask.width(); column++, i++, at++) {
        tag[at] = Math.max(tag[at], mask.values()[i]);
      }
    }
  }
}
