package io.github.llavamed.training;

import java.util.List;
import java.util.Locale;

/** What each of several processes that train together keeps of the model. */
public enum Sharding {
  /** Every process keeps all weights and optimiser state; they average their gradients. */
  NONE,

  /**
   * Every process keeps its share of weights, gradients and optimiser state; the weights of a
   * decoder layer are whole in memory only while that layer computes. The numbers are the same.
   */
  FULL;

  /**
   * Returns what the original's flag {@code --fsdp} says: {@code full_shard auto_wrap}, or nothing.
   *
   * @throws IllegalArgumentException if it asks for another mode of PyTorch's FSDP
   */
  public static Sharding ofFsdp(String value) {
    List<String> words = List.of(value.trim().toLowerCase(Locale.ROOT).split("\\s+"));
    if (words.equals(List.of(""))) {
      return NONE;
    }
    if (!words.contains("full_shard") || !List.of("full_shard", "auto_wrap").containsAll(words)) {
      throw new IllegalArgumentException("expected 'full_shard auto_wrap' or nothing");
    }
    return FULL;
  }
}
