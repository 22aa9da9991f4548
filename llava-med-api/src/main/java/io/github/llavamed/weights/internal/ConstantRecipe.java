package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.TensorAction;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * Writes a small float32 vector that is known beforehand.
 *
 * @param name its name
 * @param values the elements, which are not changed
 */
@SuppressWarnings("ArrayRecordComponent")
record ConstantRecipe(String name, float[] values) implements TensorRecipe {
  @Override
  public TensorSpec spec() {
    return new TensorSpec(name, DType.F32, Shape.of(values.length));
  }

  @Override
  public TensorAction action() {
    return TensorAction.RECOMPUTED;
  }

  @Override
  public List<TensorData> sources() {
    return List.of();
  }

  @Override
  public void write(ChunkSink sink) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(values);
    if (bytes.hasRemaining()) {
      sink.accept(bytes);
    }
  }
}
