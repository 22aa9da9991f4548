package io.github.llavamed.model.internal;

import io.github.llavamed.checkpoint.TensorData;
import java.util.Set;

/** Compares stored tensors by value. */
final class TensorComparison {
  private static final int CHUNK = 1 << 16;

  private TensorComparison() {}

  /** Returns true if two tensors of the same size hold the same values. */
  static boolean isEqual(TensorData a, TensorData b) {
    long size = a.info().shape().elementCount();
    float[] left = new float[(int) Math.min(CHUNK, size)];
    float[] right = new float[left.length];
    for (long done = 0; done < size; done += left.length) {
      int count = (int) Math.min(left.length, size - done);
      a.readFloats(done, left, 0, count);
      b.readFloats(done, right, 0, count);
      for (int i = 0; i < count; i++) {
        if (left[i] != right[i] && !(Float.isNaN(left[i]) && Float.isNaN(right[i]))) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Says how far two towers differ, by their vectors (norms and biases), which are small and which
   * every training step changes.
   */
  static String describe(ClassifiedTensors stored, ClassifiedTensors other, Set<String> names) {
    double largest = 0;
    String where = "";
    int compared = 0;
    for (String name : names) {
      if (!stored.has(name)
          || !other.has(name)
          || stored.info(name).shape().rank() != 1
          || !stored.info(name).shape().equals(other.info(name).shape())) {
        continue;
      }
      compared++;
      float[] a = stored.source().tensor(stored.storedName(name)).toFloats();
      float[] b = other.source().tensor(other.storedName(name)).toFloats();
      for (int i = 0; i < a.length; i++) {
        double difference = Math.abs((double) a[i] - b[i]);
        if (difference > largest) {
          largest = difference;
          where = name;
        }
      }
    }
    return largest == 0
        ? "its " + compared + " vectors equal those of the tower in use"
        : "its vectors differ from those of the tower in use by up to "
            + (float) largest
            + " (in '"
            + where
            + "')";
  }
}
