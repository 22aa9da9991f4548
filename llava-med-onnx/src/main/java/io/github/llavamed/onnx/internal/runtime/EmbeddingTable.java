package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.checkpoint.TensorData;

/**
 * The token embeddings, read row by row from the checkpoint's mapped files. Safe for concurrent
 * use.
 *
 * @param data the matrix // [rows, c]
 */
record EmbeddingTable(TensorData data) {
  /** Returns the number of token ids. */
  int rows() {
    return Math.toIntExact(data.info().shape().dim(0));
  }

  /** Returns the width of a row. */
  int hiddenSize() {
    return Math.toIntExact(data.info().shape().dim(1));
  }

  /**
   * Checks a token id.
   *
   * @throws IllegalArgumentException if there is no such row
   */
  void requireId(int id) {
    if (id < 0 || id >= rows()) {
      throw new IllegalArgumentException(
          "token id: expected 0 to %d, found %d".formatted(rows() - 1, id));
    }
  }

  /** Reads the embedding of a token. // [c] */
  void readRow(int id, float[] target) {
    data.readFloats((long) id * hiddenSize(), target, 0, hiddenSize());
  }
}
