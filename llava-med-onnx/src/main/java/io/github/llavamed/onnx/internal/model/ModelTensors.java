package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.ModelWeights;
import io.github.llavamed.onnx.internal.graph.RowSource;
import org.jspecify.annotations.Nullable;

/** The weights of a model, each handed out only in the shape that the configuration calls for. */
public final class ModelTensors {
  private final ModelWeights weights;

  /** Wraps the weights. */
  public ModelTensors(ModelWeights weights) {
    this.weights = weights;
  }

  /**
   * Returns a tensor.
   *
   * @param name its canonical name
   * @param dims the shape it must have
   * @throws LlavaMedException if it is missing or of another shape or of an integer type
   */
  public TensorData require(String name, long... dims) {
    TensorInfo info = info(name);
    Shape expected = Shape.of(dims);
    if (!info.shape().equals(expected)) {
      throw new LlavaMedException(
          "tensor '%s' in %s: the configuration calls for shape %s, found %s"
              .formatted(name, info.file(), expected, info.shape()));
    }
    if (!info.dtype().isFloatingPoint()) {
      throw new LlavaMedException(
          "tensor '%s' in %s: expected floating-point values, found %s"
              .formatted(name, info.file(), info.dtype()));
    }
    return weights.tensor(name);
  }

  /** Returns a tensor of the given shape as rows; see {@link #require}. */
  public RowSource rows(String name, long... dims) {
    return RowSource.of(require(name, dims));
  }

  /**
   * Returns the number of rows of a matrix whose height the weights decide, as that of {@code
   * lm_head.weight}.
   */
  public int rowCount(String name) {
    TensorInfo info = info(name);
    if (info.shape().rank() != 2) {
      throw new LlavaMedException(
          "tensor '%s' in %s: expected a matrix, found shape %s"
              .formatted(name, info.file(), info.shape()));
    }
    return Math.toIntExact(info.shape().dim(0));
  }

  private TensorInfo info(String name) {
    @Nullable TensorInfo info = weights.tensors().get(name);
    if (info == null) {
      throw new LlavaMedException(
          "tensor '%s' is missing from the weights; the configuration calls for it, so the"
                  .formatted(name)
              + " checkpoint is incomplete or belongs to another configuration");
    }
    return info;
  }
}
