package io.github.llavamed.checkpoint.fuzz;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import io.github.llavamed.checkpoint.TensorData;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/** Opens arbitrary bytes as a checkpoint and reads everything: it works, or is refused. */
final class HostileFile {
  private static final CheckpointLimits LIMITS =
      CheckpointLimits.defaults().toBuilder()
          .tensors(1000)
          .pickleObjects(20_000)
          .expandedBytes(1 << 16)
          .build();

  private HostileFile() {}

  /** Returns whether the bytes are a checkpoint; any exception but a refusal goes through. */
  static boolean isReadable(byte[] bytes, String extension) {
    try {
      Path file = Files.createTempFile("fuzz", extension);
      try {
        Files.write(file, bytes);
        readAll(file);
        return true;
      } catch (MalformedCheckpointException e) {
        if (e.getMessage().isBlank()) {
          throw new IllegalStateException("a refusal says why", e);
        }
        return false;
      } finally {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void readAll(Path file) throws IOException {
    try (Checkpoint checkpoint = Checkpoint.open(file, LIMITS)) {
      for (String name : checkpoint.tensors().keySet()) {
        TensorData data = checkpoint.tensor(name);
        ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(data.info().byteSize()));
        data.readBytes(0, bytes);
        data.toFloats();
      }
    }
  }
}
