package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.TensorAction;
import java.io.IOException;
import java.util.List;

/**
 * Adds the base to a tensor or subtracts it; rows that the base lacks are only cast.
 *
 * @param source the tensor of the delta or target // [v, c], or any shape
 * @param base the base's, with the same columns and at most as many rows // [w, c]
 * @param action {@link TensorAction#ADDED} or {@link TensorAction#SUBTRACTED}
 * @param arithmetic the arithmetic of the output's type
 */
record SumRecipe(TensorData source, TensorData base, TensorAction action, Arithmetic arithmetic)
    implements TensorRecipe {
  @Override
  public TensorSpec spec() {
    return TensorSpec.of(source.info()).withDtype(arithmetic.dtype());
  }

  @Override
  public List<TensorData> sources() {
    return List.of(source, base);
  }

  @Override
  public void write(ChunkSink sink) throws IOException {
    long shared = base.info().shape().elementCount(); // a prefix: rows are contiguous
    arithmetic.combine(source, base, action == TensorAction.SUBTRACTED, shared, sink);
    arithmetic.cast(source, shared, source.info().shape().elementCount(), sink);
  }
}
