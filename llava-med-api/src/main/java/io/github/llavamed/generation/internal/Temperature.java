package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.TokenHistory;

/**
 * Divides the logits, {@code TemperatureLogitsWarper} of transformers.
 *
 * @param value above 0
 */
public record Temperature(double value) implements LogitsProcessor {
  @Override
  public void process(float[] logits, TokenHistory history) {
    float divisor = (float) value;
    for (int i = 0; i < logits.length; i++) {
      logits[i] /= divisor;
    }
  }
}
