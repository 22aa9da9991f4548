package io.github.llavamed.trainer.internal.engine;

/**
 * How a micro-batch is run.
 *
 * @param recompute whether each layer's inside is computed again in the backward pass, which takes
 *     a third more time and a fraction of the memory
 * @param markersOnly whether the embedding is trained at the marker tokens alone
 * @param paddingRow the embedding row that gets no gradient, or -1
 * @param headChunk positions whose logits are in memory at once, ≥ 1
 */
public record EngineOptions(
    boolean recompute, boolean markersOnly, long paddingRow, int headChunk) {
  /** A chunk of this size with 32000 ids takes 131 MB of float32. */
  public static final int DEFAULT_HEAD_CHUNK = 1024;
}
