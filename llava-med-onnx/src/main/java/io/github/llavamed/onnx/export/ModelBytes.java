package io.github.llavamed.onnx.export;

import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;

/**
 * How large a model is in each precision, computed from shapes alone.
 *
 * @param decoderMatrices elements of the decoder's matrices and of the head, which are rounded
 * @param others elements of everything else but the token embeddings, which stay in float32
 */
public record ModelBytes(long decoderMatrices, long others) {
  /** Bytes per rounded weight with scales and the channels kept apart. */
  private static final double INT8_BYTES = 1.04;

  /** The same with a scale per 128 of them. */
  private static final double INT8_BLOCKS_BYTES = 1.07;

  /** The same with four bits, and a scale and a zero point per 128 of them. */
  private static final double INT4_BYTES = 0.58;

  /** Returns the sizes of a model. */
  public static ModelBytes of(ModelArtifacts model) {
    long matrices = 0;
    long others = 0;
    for (TensorInfo tensor : model.weights().tensors().values()) {
      String name = tensor.name();
      long elements = tensor.shape().elementCount();
      if (name.equals("model.embed_tokens.weight")) {
        continue; // Read row by row from the checkpoint.
      }
      boolean layer = name.startsWith("model.layers.") && tensor.shape().rank() == 2;
      if (layer || name.equals("lm_head.weight")) {
        matrices = Math.addExact(matrices, elements);
      } else {
        others = Math.addExact(others, elements);
      }
    }
    return new ModelBytes(matrices, others);
  }

  /** Returns the size of the weights as exported; of two formats the decoder is there twice. */
  public long exported(Precision precision) {
    double perWeight = perWeight(precision.prompts());
    if (precision.isPair()) {
      perWeight += perWeight(precision.newTokens());
    }
    return (long) (decoderMatrices * perWeight) + others * Float.BYTES;
  }

  private static double perWeight(Precision precision) {
    return switch (precision) {
      case FP32 -> Float.BYTES;
      case FP16, BF16 -> Short.BYTES;
      case INT8 -> INT8_BYTES;
      case INT8_BLOCKS -> INT8_BLOCKS_BYTES;
      case INT4 -> INT4_BYTES;
      case INT8_INT4, INT8_INT8_BLOCKS ->
          throw new IllegalArgumentException(precision.id() + " is two formats");
    };
  }
}
