package io.github.llavamed.onnx.internal.runtime;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;

/**
 * Feeds rows to the decoder in chunks, which bounds the working memory of long prompts.
 *
 * <p>Confined to one thread.
 */
final class ChunkedPrefill {
  private final DecoderContext context;
  private final RunClock clock = new RunClock();
  private final float[] embedding; // [c], kept: a new one for every token is cold memory.
  private FloatBuffer buffer = FloatBuffer.allocate(0);

  ChunkedPrefill(DecoderContext context) {
    this.context = context;
    this.embedding = new float[context.table().hiddenSize()];
  }

  /** Returns the time spent in the runtime's calls, in nanoseconds. */
  long runtimeNanos() {
    return clock.nanos();
  }

  /**
   * Appends rows to a cache and leaves the logits of the last one in its {@link StepTensors}.
   *
   * @param cache with room for all rows
   * @param position positions filled before
   */
  void append(KvStorage cache, int position, PromptRows rows) {
    if (rows.length() == 1) {
      rows.copy(0, 1, cache.tensors(1).rows(), embedding);
      context.runners().step(cache, new int[] {position}, clock);
      return;
    }
    int chunk = chunkRows(rows.length());
    for (int first = 0; first < rows.length(); first += chunk) {
      int count = Math.min(chunk, rows.length() - first);
      context.runners().run(cache, fill(rows, first, count), position + first, count, clock);
    }
  }

  /** Appends rows to an empty cache and returns the logits of every one. // [s, v] */
  float[] allLogits(KvStorage cache, PromptRows rows) {
    int vocabSize = context.runners().shape().vocabSize();
    float[] all = new float[Math.multiplyExact(rows.length(), vocabSize)];
    int chunk = chunkRows(rows.length());
    for (int first = 0; first < rows.length(); first += chunk) {
      int count = Math.min(chunk, rows.length() - first);
      float[] logits = context.runners().runForAll(cache, fill(rows, first, count), first, count);
      System.arraycopy(logits, 0, all, first * vocabSize, logits.length);
    }
    return all;
  }

  /** Splits evenly: a short last chunk would read all weights for a few rows. */
  private int chunkRows(int length) {
    int chunks = (length - 1) / context.chunkRows() + 1;
    return (length - 1) / chunks + 1;
  }

  private FloatBuffer fill(PromptRows rows, int first, int count) {
    int floats = Math.multiplyExact(count, context.table().hiddenSize());
    if (buffer.capacity() < floats) {
      int bytes = Math.multiplyExact(floats, Float.BYTES);
      buffer = ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder()).asFloatBuffer();
    }
    buffer.clear();
    rows.copy(first, count, buffer, embedding);
    return buffer.flip();
  }
}
