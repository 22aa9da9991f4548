package io.github.llavamed.checkpoint;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.TreeMap;

/**
 * Fingerprints weights cheaply: names, types, shapes and samples of the data.
 *
 * <p>Tensors up to 64 KiB count whole, larger ones with 16 evenly spaced blocks of 4 KiB, the first
 * and the last included. So a replaced or retrained file is noticed, a single flipped bit may not
 * be: it identifies weights, it does not prove them intact. A 7B checkpoint takes about 20 MB of
 * reads. The order of the tensors and their container do not count: the same tensors in safetensors
 * and torch files have the same hash.
 */
public final class WeightsHash {
  private static final int WHOLE_BYTES = 64 << 10;
  private static final int BLOCK_BYTES = 4 << 10;
  private static final int BLOCKS = WHOLE_BYTES / BLOCK_BYTES;

  private WeightsHash() {}

  /** Returns the SHA-256 of names, types, shapes and samples, as 64 lower-case hex digits. */
  public static String of(TensorSource source) {
    MessageDigest digest = sha256();
    ByteBuffer block = ByteBuffer.allocate(WHOLE_BYTES);
    for (TensorInfo info : new TreeMap<>(source.tensors()).values()) {
      addInfo(digest, info);
      addData(digest, source.tensor(info.name()), block);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static void addInfo(MessageDigest digest, TensorInfo info) {
    addText(digest, info.name());
    addText(digest, info.dtype().name());
    addText(digest, info.shape().toString());
  }

  private static void addText(MessageDigest digest, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    // With its length in front, so that no two lists of texts look alike.
    digest.update(ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
    digest.update(bytes);
  }

  private static void addData(MessageDigest digest, TensorData data, ByteBuffer block) {
    long size = data.info().byteSize();
    if (size <= WHOLE_BYTES) {
      add(digest, data, 0, block.clear().limit((int) size));
      return;
    }
    for (int i = 0; i < BLOCKS; i++) {
      // Split, since i * (size - block) could overflow.
      long span = size - BLOCK_BYTES;
      long start = span / (BLOCKS - 1) * i + span % (BLOCKS - 1) * i / (BLOCKS - 1);
      add(digest, data, start, block.clear().limit(BLOCK_BYTES));
    }
  }

  private static void add(MessageDigest digest, TensorData data, long start, ByteBuffer block) {
    data.readBytes(start, block);
    digest.update(block.flip());
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
