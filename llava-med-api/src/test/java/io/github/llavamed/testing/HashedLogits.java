package io.github.llavamed.testing;

import java.util.List;

/**
 * Logits that depend on every position of the cache: a toy model that is easy to write in any
 * language.
 *
 * <p>32-bit arithmetic: {@code h = mix(seed)}, then {@code h = mix(31 h + id + 1)} for each
 * position; the logit of id i is {@code mix(h + i * 0x9E3779B9) mod 4001 / 1000}, unsigned.
 *
 * @param vocabSize number of logits
 * @param seed tells apart toy models
 * @param biasedId id whose logit is raised
 * @param bias by how much
 */
public record HashedLogits(int vocabSize, int seed, int biasedId, double bias)
    implements FakeBackend.LogitRule {
  @Override
  public float[] logits(int appendIndex, List<Integer> positions) {
    int hash = mix(seed);
    for (int id : positions) {
      hash = mix(hash * 31 + id + 1);
    }
    float[] logits = new float[vocabSize];
    for (int id = 0; id < vocabSize; id++) {
      int value = Integer.remainderUnsigned(mix(hash + id * 0x9E3779B9), 4001);
      logits[id] = (float) (value / 1000.0 + (id == biasedId ? bias : 0));
    }
    return logits;
  }

  private static int mix(int value) {
    int h = value;
    h = (h ^ (h >>> 16)) * 0x7feb352d;
    h = (h ^ (h >>> 15)) * 0x846ca68b;
    return h ^ (h >>> 16);
  }
}
