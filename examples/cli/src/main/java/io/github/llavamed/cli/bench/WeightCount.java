package io.github.llavamed.cli.bench;

import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.inference.ModelWeights;
import io.github.llavamed.inference.Precision;

/**
 * The weights that every decoded token needs.
 *
 * @param layers elements of the matrices of all decoder layers
 * @param head elements of the output embedding
 */
record WeightCount(long layers, long head) {
  static WeightCount of(ModelWeights weights) {
    long layers = 0;
    long head = 0;
    for (TensorInfo tensor : weights.tensors().values()) {
      if (tensor.name().equals("lm_head.weight")) {
        head = tensor.shape().elementCount();
      } else if (tensor.name().startsWith("model.layers.") && tensor.shape().rank() == 2) {
        layers = Math.addExact(layers, tensor.shape().elementCount());
      }
    }
    return new WeightCount(layers, head);
  }

  /**
   * Returns the bytes of the weights that a new token reads, alone: without scales, norms and the
   * key/value cache.
   */
  long bytes(Precision precision) {
    int bits =
        switch (precision.newTokens()) {
          case FP32 -> 32;
          case FP16, BF16 -> 16;
          case INT8, INT8_BLOCKS, INT8_INT8_BLOCKS -> 8;
          case INT4, INT8_INT4 -> 4;
        };
    return Math.multiplyExact(Math.addExact(layers, head), (long) bits) / 8;
  }

  /** Returns the head's part of all weights, 0 … 1. */
  double headPart() {
    return head / (double) (layers + head);
  }

  /** Returns the operations of a prompt: two per layer weight and position, attention left out. */
  double promptOperations(int positions) {
    return 2.0 * layers * positions;
  }
}
