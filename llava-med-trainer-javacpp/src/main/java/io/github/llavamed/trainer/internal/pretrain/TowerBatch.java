package io.github.llavamed.trainer.internal.pretrain;

import io.github.llavamed.trainer.pretraining.TowerSample;
import io.github.llavamed.trainer.pretraining.TowerSamples;
import io.github.llavamed.trainer.pretraining.TowerTrainingConfig;
import java.io.IOException;
import org.bytedeco.pytorch.Tensor;

/**
 * Some samples as tensors, which belong to the scope they were made in.
 *
 * @param pixels // [n, 3, size, size]
 * @param attributes // [n, k]
 * @param patches // [n, p, k]
 */
record TowerBatch(Tensor pixels, Tensor attributes, Tensor patches) {
  static TowerBatch of(TowerTrainingConfig config, TowerSamples samples, int[] numbers)
      throws IOException {
    int n = numbers.length;
    int size = config.tower().imageSize();
    int patchCount = config.tower().patchCount();
    int k = config.attributes();
    float[] pixels = new float[n * 3 * size * size];
    float[] attributes = new float[n * k];
    float[] patches = new float[n * patchCount * k];
    for (int i = 0; i < n; i++) {
      TowerSample sample = samples.get(numbers[i]);
      copy("pixels", sample.pixels(), pixels, i, numbers);
      copy("attributes", sample.attributes(), attributes, i, numbers);
      copy("patchAttributes", sample.patchAttributes(), patches, i, numbers);
    }
    return new TowerBatch(
        Tensor.create(pixels, n, 3, size, size),
        Tensor.create(attributes, n, k),
        Tensor.create(patches, n, patchCount, k));
  }

  private static void copy(String what, float[] from, float[] to, int place, int[] numbers) {
    int length = to.length / numbers.length;
    if (from.length != length) {
      throw new IllegalArgumentException(
          "sample %d: %s: expected %d values, found %d"
              .formatted(numbers[place], what, length, from.length));
    }
    System.arraycopy(from, 0, to, place * length, length);
  }
}
