package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.TensorAction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;

/**
 * Adds the scaled product of two small matrices to a weight: {@code W += scale · B A}, row by row.
 *
 * <p>Letters: {@code r} rank, {@code n} rows and {@code m} columns of the stored weight. If that is
 * stored transposed, so is the product: {@code Aᵀ Bᵀ}.
 *
 * @param weight {@code W} // [n, m]
 * @param down {@code A} // [r, m], transposed [r, n]
 * @param up {@code B} // [n, r], transposed [m, r]
 * @param scale factor of the product
 * @param transposed whether the weight is stored transposed
 * @param dtype element type of the result
 * @param workspace of the run
 */
record LoraRecipe(
    TensorData weight,
    TensorData down,
    TensorData up,
    float scale,
    boolean transposed,
    DType dtype,
    Workspace workspace)
    implements TensorRecipe {

  @Override
  public TensorSpec spec() {
    return new TensorSpec(weight.info().name(), dtype, weight.info().shape());
  }

  @Override
  public TensorAction action() {
    return TensorAction.MERGED;
  }

  @Override
  public List<TensorData> sources() {
    return List.of(weight); // the factors are small
  }

  @Override
  public void write(ChunkSink sink) throws IOException {
    int rows = Math.toIntExact(weight.info().shape().dim(0));
    int columns = Math.toIntExact(weight.info().shape().dim(1));
    int rank = Math.toIntExact(down.info().shape().dim(0));
    float[] left = transposed ? transpose(down) : up.toFloats(); // [n, r]
    float[] right = transposed ? transpose(up) : down.toFloats(); // [r, m]
    ElementRounder rounder = workspace.rounder(dtype);
    float[] row = new float[columns]; // [m]
    float[] product = new float[columns]; // [m]
    float[] block = new float[ElementReader.BLOCK];
    ByteBuffer chunk = workspace.chunk();
    for (int i = 0; i < rows; i++) {
      weight.readFloats((long) i * columns, row, 0, columns);
      multiplyRow(left, i * rank, right, rank, product);
      for (int j = 0; j < columns; j++) {
        row[j] += scale * product[j];
      }
      for (int done = 0; done < columns; done += block.length) {
        int count = Math.min(block.length, columns - done);
        System.arraycopy(row, done, block, 0, count);
        if (chunk.remaining() < count * dtype.byteSize()) {
          sink.accept(chunk.flip());
          chunk.clear();
        }
        rounder.round(block, count, chunk);
      }
    }
    if (chunk.position() > 0) {
      sink.accept(chunk.flip());
    }
    chunk.clear();
  }

  /** product = left row · right, summed in float32 in the order of the rank. */
  private static void multiplyRow(
      float[] left, int start, float[] right, int rank, float[] product) {
    Arrays.fill(product, 0);
    for (int k = 0; k < rank; k++) {
      float factor = left[start + k];
      int from = k * product.length;
      for (int j = 0; j < product.length; j++) {
        product[j] += factor * right[from + j];
      }
    }
  }

  /** Returns a matrix of [a, b] as [b, a]. */
  private static float[] transpose(TensorData matrix) {
    float[] values = matrix.toFloats();
    int a = Math.toIntExact(matrix.info().shape().dim(0));
    int b = Math.toIntExact(matrix.info().shape().dim(1));
    float[] transposed = new float[values.length];
    for (int i = 0; i < a; i++) {
      for (int j = 0; j < b; j++) {
        transposed[j * a + i] = values[i * b + j];
      }
    }
    return transposed;
  }
}
