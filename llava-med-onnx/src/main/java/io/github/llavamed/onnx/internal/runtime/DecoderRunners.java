package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.onnx.internal.model.DecoderShape;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/**
 * The decoder graph for many rows and the one for single rows, which may be the same.
 *
 * <p>Both read and write the same caches. Safe for concurrent use with different ones. The owner
 * closes it when no run is under way.
 *
 * @param prompts runs several rows of one sequence
 * @param newTokens runs one row of each of several sequences
 */
record DecoderRunners(DecoderRunner prompts, DecoderRunner newTokens) implements AutoCloseable {
  /**
   * Loads the graphs; the caller closes the result.
   *
   * @param form in which the runtime gets the first one's weights, and the second one's if it is
   *     the same
   */
  static DecoderRunners open(
      Path promptModel, Path stepModel, DecoderShape shape, int threads, WeightForm form) {
    DecoderRunner prompts = DecoderRunner.open(promptModel, shape, threads, form);
    if (promptModel.equals(stepModel)) {
      return new DecoderRunners(prompts, prompts);
    }
    try {
      return new DecoderRunners(
          prompts, DecoderRunner.open(stepModel, shape, threads, WeightForm.PACKED));
    } catch (RuntimeException e) {
      prompts.close();
      throw e;
    }
  }

  /** Returns the sizes of the decoder. */
  DecoderShape shape() {
    return prompts.shape();
  }

  /** Runs rows; see {@link DecoderRunner#run}. */
  void run(KvStorage cache, FloatBuffer embeds, int position, int rows, RunClock clock) {
    prompts.run(cache, embeds, position, rows, clock);
  }

  /** Runs rows and returns all logits; see {@link DecoderRunner#runForAll}. */
  float[] runForAll(KvStorage cache, FloatBuffer embeds, int position, int rows) {
    return prompts.runForAll(cache, embeds, position, rows);
  }

  /** Runs single rows; see {@link DecoderRunner#step}. */
  void step(KvStorage cache, int[] lengths, RunClock clock) {
    newTokens.step(cache, lengths, clock);
  }

  @Override
  public void close() {
    try (prompts) {
      if (newTokens != prompts) {
        newTokens.close();
      }
    }
  }
}
