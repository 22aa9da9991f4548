package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.WeightsFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;

/**
 * Where tensors are written: the files of a container.
 *
 * <p>Tensors come one after the other in the order in which they were declared. Closing without
 * {@link #commit()} leaves no file that can be read. Confined to one thread.
 */
interface TensorSink extends AutoCloseable {
  /** Appends all remaining bytes of a buffer to a tensor. */
  void append(String name, ByteBuffer bytes) throws IOException;

  /** Completes the files and forces them to the disk. */
  void commit() throws IOException;

  @Override
  void close() throws IOException;

  /** Opens a sink for the standard file names in a directory. */
  static TensorSink toDirectory(
      Path directory, List<TensorSpec> tensors, WeightsFormat format, long maxShardBytes)
      throws IOException {
    return switch (format) {
      case SAFETENSORS ->
          safetensors(
              CheckpointWriter.toDirectory(directory, tensors).maxShardBytes(maxShardBytes).open());
      case TORCH -> TorchSink.toDirectory(directory, tensors, maxShardBytes);
    };
  }

  /** Opens a sink for one file. */
  static TensorSink toFile(Path file, List<TensorSpec> tensors, WeightsFormat format)
      throws IOException {
    return switch (format) {
      case SAFETENSORS -> safetensors(CheckpointWriter.toFile(file, tensors).open());
      case TORCH -> TorchSink.toFile(file, tensors);
    };
  }

  private static TensorSink safetensors(CheckpointWriter writer) {
    return new TensorSink() {
      @Override
      public void append(String name, ByteBuffer bytes) throws IOException {
        writer.append(name, bytes);
      }

      @Override
      public void commit() throws IOException {
        writer.commit();
      }

      @Override
      public void close() throws IOException {
        writer.close();
      }
    };
  }
}
