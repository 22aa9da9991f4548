package io.github.llavamed.onnx.internal.model;

/**
 * Where a tower keeps the tensors of its embeddings; CLIP's and timm's differ in names and in
 * leading dimensions of one.
 *
 * @param patch the patch convolution, without {@code .weight}
 * @param patchHasBias whether the convolution has a bias
 * @param classToken the class token
 * @param position the position embeddings
 * @param leadingOnes whether class token and positions are stored with a batch dimension
 */
record EmbeddingTensors(
    String patch, boolean patchHasBias, String classToken, String position, boolean leadingOnes) {
  /** Returns the stored shape of the class token. */
  long[] classDims(int width) {
    return leadingOnes ? new long[] {1, 1, width} : new long[] {width};
  }

  /** Returns the stored shape of the position embeddings. */
  long[] positionDims(int rows, int width) {
    return leadingOnes ? new long[] {1, rows, width} : new long[] {rows, width};
  }
}
