package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.weights.TensorOutcome;
import io.github.llavamed.weights.VerificationFailedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** Reads what was written and compares names, types, shapes and checksums. Stateless. */
final class Verification {
  private static final int CHUNK_BYTES = 1 << 20;

  private Verification() {}

  /**
   * Compares.
   *
   * @param written a checkpoint directory or file
   * @throws VerificationFailedException naming the first difference
   */
  static void check(Path written, List<TensorOutcome> outcomes, CheckpointLimits limits)
      throws IOException {
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES);
    try (Checkpoint checkpoint = Checkpoint.open(written, limits)) {
      if (checkpoint.tensors().size() != outcomes.size()) {
        throw failed(written, outcomes.size() + " tensors", checkpoint.tensors().size());
      }
      for (TensorOutcome outcome : outcomes) {
        TensorInfo info = checkpoint.tensors().get(outcome.name());
        String where = "tensor '" + outcome.name() + "': ";
        if (info == null
            || info.dtype() != outcome.dtype()
            || !info.shape().equals(outcome.shape())) {
          throw failed(written, where + outcome.dtype() + " " + outcome.shape(), info);
        }
        long crc = crc32(checkpoint.tensor(outcome.name()), chunk);
        if (crc != outcome.crc32()) {
          throw failed(
              written, where + "checksum %08x".formatted(outcome.crc32()), "%08x".formatted(crc));
        }
      }
    }
  }

  private static long crc32(TensorData data, ByteBuffer chunk) {
    CRC32 crc = new CRC32();
    long size = data.info().byteSize();
    for (long done = 0; done < size; ) {
      data.readBytes(done, chunk.clear().limit((int) Math.min(chunk.capacity(), size - done)));
      done += chunk.position();
      crc.update(chunk.flip());
    }
    return crc.getValue();
  }

  private static VerificationFailedException failed(
      Path written, String expected, @Nullable Object found) {
    return new VerificationFailedException(
        "%s: reading back what was written: expected %s, found %s; check disk and memory"
            .formatted(written, expected, found == null ? "none" : found));
  }
}
