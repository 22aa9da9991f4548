package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.TokenHistory;
import java.util.Map;

/**
 * Adds numbers to the logits of ids, {@code SequenceBiasLogitsProcessor} of transformers for single
 * ids.
 *
 * @param bias by id
 */
public record LogitBias(Map<Integer, Float> bias) implements LogitsProcessor {
  /** Copies the map. */
  public LogitBias {
    bias = Map.copyOf(bias);
  }

  @Override
  public void process(float[] logits, TokenHistory history) {
    for (Map.Entry<Integer, Float> entry : bias.entrySet()) {
      int id = entry.getKey();
      if (id >= logits.length) {
        throw new IllegalArgumentException(
            "logitBias: expected ids below the model's %d, found %d".formatted(logits.length, id));
      }
      logits[id] += entry.getValue();
    }
  }
}
