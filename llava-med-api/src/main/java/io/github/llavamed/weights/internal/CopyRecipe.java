package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.TensorAction;
import java.io.IOException;
import java.util.List;

/**
 * Takes over a stored tensor or its last rows: bit for bit, or cast to another element type.
 *
 * @param spec the output
 * @param action why it is taken over
 * @param source the stored tensor
 * @param skipped elements at its start that are left out
 * @param workspace of the run
 */
record CopyRecipe(
    TensorSpec spec, TensorAction action, TensorData source, long skipped, Workspace workspace)
    implements TensorRecipe {

  /** Returns the recipe for a whole tensor; types that are not floating-point are kept. */
  static CopyRecipe whole(
      String name, TensorAction action, TensorData source, DType dtype, Workspace workspace) {
    TensorInfo info = source.info();
    DType written = info.dtype().isFloatingPoint() ? dtype : info.dtype();
    return new CopyRecipe(
        new TensorSpec(name, written, info.shape()), action, source, 0, workspace);
  }

  /** Returns the recipe for the last rows of a matrix. */
  static CopyRecipe lastRows(TensorData source, long rows, DType dtype, Workspace workspace) {
    TensorInfo info = source.info();
    Shape shape = Shape.of(rows, info.shape().dim(1)); // [rows, c]
    long skipped = info.shape().elementCount() - shape.elementCount();
    return new CopyRecipe(
        new TensorSpec(info.name(), dtype, shape), TensorAction.COPIED, source, skipped, workspace);
  }

  @Override
  public List<TensorData> sources() {
    return skipped == 0 ? List.of(source) : List.of();
  }

  @Override
  public void write(ChunkSink sink) throws IOException {
    DType stored = source.info().dtype();
    if (stored == spec.dtype()) {
      workspace.copy(source, skipped * stored.byteSize(), sink);
    } else {
      long end = source.info().shape().elementCount();
      workspace.in(spec.dtype()).cast(source, skipped, end, sink);
    }
  }
}
