package io.github.llavamed.demo.training;

import io.github.llavamed.demo.phantom.ChestXray;
import io.github.llavamed.demo.phantom.Finding;
import io.github.llavamed.demo.phantom.HistologySlide;
import io.github.llavamed.demo.phantom.Modality;
import io.github.llavamed.demo.phantom.Phantom;
import io.github.llavamed.demo.phantom.PhantomImage;
import io.github.llavamed.demo.phantom.Side;
import io.github.llavamed.demo.phantom.Zone;

/**
 * What a tower learns to tell of an image and of each patch: one number per attribute, 0 or 1.
 *
 * <p>In this order: modalities, findings, sides, zones, enlarged heart, gland, normal.
 */
final class PhantomAttributes {
  private static final int FINDINGS = Modality.values().length;
  private static final int SIDES = FINDINGS + Finding.values().length - 1; // without NONE
  private static final int ZONES = SIDES + Side.values().length;
  private static final int HEART = ZONES + Zone.values().length;
  private static final int GLAND = HEART + 1;
  private static final int NORMAL = GLAND + 1;

  /** How many attributes there are. */
  static final int COUNT = NORMAL + 1;

  /** A patch shows a thing if this share of it is covered, or nearly as much as of any patch. */
  private static final double COVERED = 0.15;

  private static final double OF_MOST_COVERED = 0.7;

  private PhantomAttributes() {}

  /** Returns the attributes of a whole image. // [k] */
  static float[] ofImage(Phantom phantom) {
    float[] attributes = new float[COUNT];
    attributes[phantom.modality().ordinal()] = 1;
    markFinding(phantom, attributes, 0);
    attributes[HEART] = hasLargeHeart(phantom) ? 1 : 0;
    attributes[GLAND] = hasGland(phantom) ? 1 : 0;
    attributes[NORMAL] = phantom.finding() == Finding.NONE ? 1 : 0;
    return attributes;
  }

  /** Returns the attributes of each patch, row-major. // [p, k] */
  static float[] ofPatches(PhantomImage image, int patchSize) {
    Phantom phantom = image.phantom();
    int side = image.size() / patchSize;
    float[] attributes = new float[side * side * COUNT];
    boolean[] finding = shown(image.findingMask(), image.size(), patchSize);
    boolean[] heart = shown(image.heartMask(), image.size(), patchSize);
    boolean[] gland = shown(image.glandMask(), image.size(), patchSize);
    for (int patch = 0; patch < side * side; patch++) {
      int at = patch * COUNT;
      attributes[at + phantom.modality().ordinal()] = 1;
      if (finding[patch]) {
        markFinding(phantom, attributes, at);
      }
      attributes[at + HEART] = heart[patch] && hasLargeHeart(phantom) ? 1 : 0;
      attributes[at + GLAND] = gland[patch] && hasGland(phantom) ? 1 : 0;
    }
    return attributes;
  }

  private static void markFinding(Phantom phantom, float[] attributes, int at) {
    if (phantom.finding() != Finding.NONE) {
      attributes[at + FINDINGS + phantom.finding().ordinal() - 1] = 1;
    }
    phantom.side().ifPresent(side -> attributes[at + SIDES + side.ordinal()] = 1);
    phantom.zone().ifPresent(zone -> attributes[at + ZONES + zone.ordinal()] = 1);
  }

  private static boolean hasLargeHeart(Phantom phantom) {
    return phantom instanceof ChestXray xray && xray.heartEnlarged();
  }

  private static boolean hasGland(Phantom phantom) {
    return phantom instanceof HistologySlide slide && slide.gland();
  }

  /** Returns which patches show what a mask covers. */
  private static boolean[] shown(float[] mask, int size, int patchSize) {
    int side = size / patchSize;
    double[] covered = new double[side * side];
    double most = 0;
    for (int row = 0; row < size; row++) {
      for (int column = 0; column < size; column++) {
        int patch = row / patchSize * side + column / patchSize;
        covered[patch] += mask[row * size + column] / ((double) patchSize * patchSize);
        most = Math.max(most, covered[patch]);
      }
    }
    double least = Math.min(COVERED, OF_MOST_COVERED * most);
    boolean[] shown = new boolean[covered.length];
    for (int patch = 0; patch < covered.length; patch++) {
      shown[patch] = most > 0 && covered[patch] >= least;
    }
    return shown;
  }
}
