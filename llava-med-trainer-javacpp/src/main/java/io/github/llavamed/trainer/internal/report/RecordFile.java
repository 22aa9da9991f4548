package io.github.llavamed.trainer.internal.report;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.zip.CRC32C;

/**
 * Frames records as TensorFlow does: length, its checksum, data, its checksum.
 *
 * <p>Checksums are CRC-32C, rotated and shifted ({@code tensorflow/core/lib/hash/crc32c.h}), so
 * that data that holds checksums can be summed again. A record is written in one piece and flushed.
 * Confined to one thread.
 */
final class RecordFile implements AutoCloseable {
  private static final int ROTATION = 15;
  private static final int MASK_DELTA = 0xA282EAD8;
  private static final int FRAME_BYTES = Long.BYTES + 2 * Integer.BYTES;

  private final OutputStream out;

  RecordFile(OutputStream out) {
    this.out = out;
  }

  void write(byte[] data) throws IOException {
    ByteBuffer record =
        ByteBuffer.allocate(FRAME_BYTES + data.length).order(ByteOrder.LITTLE_ENDIAN);
    record.putLong(data.length);
    record.putInt(maskedChecksum(record.array(), 0, Long.BYTES));
    record.put(data);
    record.putInt(maskedChecksum(data, 0, data.length));
    out.write(record.array());
    out.flush();
  }

  private static int maskedChecksum(byte[] bytes, int from, int length) {
    CRC32C crc = new CRC32C();
    crc.update(bytes, from, length);
    return Integer.rotateRight((int) crc.getValue(), ROTATION) + MASK_DELTA;
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
