package io.github.llavamed.trainer.internal.engine;

import org.jspecify.annotations.Nullable;

/**
 * One image of a micro-batch: its pixels, or what the tower made of them before. The array must not
 * be changed.
 *
 * @param pixels channel first, or null where features are known // [3, size, size]
 * @param known the tower's features, or null
 * @param key under which features are stored, or null to store nothing
 */
@SuppressWarnings("ArrayRecordComponent") // pixels, compared by identity on purpose
public record BatchImage(
    float @Nullable [] pixels, @Nullable StoredFeatures known, @Nullable String key) {
  /** Checks that there is one of the two. */
  public BatchImage {
    if ((pixels == null) == (known == null)) {
      throw new IllegalArgumentException("an image has either pixels or features");
    }
  }

  /** Returns an image whose features are never stored. */
  public static BatchImage of(float[] pixels) {
    return new BatchImage(pixels, null, null);
  }
}
