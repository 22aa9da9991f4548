package io.github.llavamed.generation.internal;

import java.util.Arrays;

/** Orders ids by their logits. */
final class Ranking {
  private Ranking() {}

  /** Returns all ids, smallest logit first, of equals the lower id first. */
  static int[] ascending(float[] logits) {
    long[] keys = new long[logits.length];
    for (int id = 0; id < logits.length; id++) {
      keys[id] = ((long) sortable(logits[id]) << 32) | id;
    }
    Arrays.sort(keys);
    int[] ids = new int[keys.length];
    for (int i = 0; i < ids.length; i++) {
      ids[i] = (int) keys[i];
    }
    return ids;
  }

  /** Returns an int that is ordered as the float is; both zeros are equal. */
  private static int sortable(float value) {
    int bits = Float.floatToIntBits(value + 0.0f);
    return bits ^ (bits >> 31 & Integer.MAX_VALUE);
  }
}
