package io.github.llavamed.inference;

import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import java.util.List;
import java.util.OptionalLong;

/**
 * The key/value cache of one sequence and the decoder that extends it.
 *
 * <p>Confined to one thread at a time. {@link #close()} is idempotent.
 */
public interface DecoderSession extends AutoCloseable {
  /** Returns the number of positions in the cache. */
  int length();

  /** Returns the number of positions that the cache can hold at most. */
  int capacity();

  /**
   * Appends segments and returns the logits of the last position.
   *
   * @param segments at least one position
   * @param images the features that image segments refer to by index
   * @return {@code vocabSize} logits, a new array // [v]
   * @throws ContextLengthExceededException if the cache cannot hold the positions; nothing is
   *     appended
   */
  float[] append(List<InputSegment> segments, List<ImageFeatures> images);

  /**
   * Appends segments as {@link #append(List, List)} does and writes the logits into an array of the
   * caller, so that a long answer leaves no array behind for every token.
   *
   * @param segments at least one position
   * @param images the features that image segments refer to by index
   * @param logits receives {@code vocabSize} values // [v]
   * @throws ContextLengthExceededException if the cache cannot hold the positions; nothing is
   *     appended
   */
  default void append(List<InputSegment> segments, List<ImageFeatures> images, float[] logits) {
    float[] values = append(segments, images); // [v]
    System.arraycopy(values, 0, logits, 0, values.length);
  }

  /**
   * Forgets all positions from {@code length} on.
   *
   * @param length 0 … {@link #length()}
   */
  void truncate(int length);

  /** Returns an independent session with a copy of this one's cache; the caller closes it. */
  DecoderSession fork();

  /**
   * Returns the time in nanoseconds that this session has spent in its runtime's calls since it was
   * opened or forked; nothing where the backend does not measure it.
   */
  default OptionalLong runtimeNanos() {
    return OptionalLong.empty();
  }

  /**
   * Returns how many sequences it pays to extend in one step, ≥ 1; 1 where each costs as much as it
   * does alone.
   */
  default int batchSlots() {
    return 1;
  }

  /**
   * Opens an empty batch for copies of this session and of others of its backend; the caller closes
   * it.
   *
   * @param slots largest number of sequences, ≥ 1; the batch may have fewer
   * @param capacity positions that a sequence may reach at most, 1 … {@link #capacity()}
   */
  default DecoderBatch openBatch(int slots, int capacity) {
    return DecoderBatch.ofForks(slots);
  }

  @Override
  void close();
}
