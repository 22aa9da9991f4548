package io.github.llavamed.checkpoint.internal;

import com.google.common.base.Utf8;
import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a safetensors file: header length, header, data, each checked before the next is touched.
 *
 * <p>Source of the rules: the format description and {@code tensor.rs} of the safetensors library.
 */
public final class SafetensorsReader {
  private static final int LENGTH_BYTES = 8;

  private SafetensorsReader() {}

  /** Reads the header of a mapped file and lays out its tensors. */
  public static TensorFile read(MappedFile file, CheckpointLimits limits) {
    byte[] header = readHeader(file, limits);
    SafetensorsHeader parsed = SafetensorsHeader.parse(file, header, limits);
    long dataStart = LENGTH_BYTES + (long) header.length;
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    long end = 0;
    for (SafetensorsHeader.Entry entry : inDataOrder(parsed.entries())) {
      checkEntry(file, entry, end);
      TensorInfo info = new TensorInfo(entry.name(), entry.dtype(), entry.shape(), file.path());
      tensors.put(entry.name(), new ContiguousTensor(info, file, dataStart + entry.begin()));
      end = entry.end();
    }
    if (end != file.size() - dataStart) {
      throw file.malformed(
          CheckpointRule.DATA_COVERAGE, "data", end + " bytes", file.size() - dataStart);
    }
    return new TensorFile(file, tensors, parsed.metadata());
  }

  private static byte[] readHeader(MappedFile file, CheckpointLimits limits) {
    if (file.size() < LENGTH_BYTES) {
      throw file.malformed(
          CheckpointRule.HEADER_LENGTH_FIELD, "", "at least 8 bytes", file.size() + " bytes");
    }
    byte[] field = file.bytes(0, LENGTH_BYTES);
    long length = ByteBuffer.wrap(field).order(ByteOrder.LITTLE_ENDIAN).getLong();
    if (length < 0 || length > limits.headerBytes()) {
      throw file.malformed(
          CheckpointRule.HEADER_LIMIT,
          "header",
          "at most %d bytes".formatted(limits.headerBytes()),
          Long.toUnsignedString(length));
    }
    if (length > file.size() - LENGTH_BYTES) {
      throw file.malformed(
          CheckpointRule.HEADER_WITHIN_FILE,
          "header",
          "at most %d bytes".formatted(file.size() - LENGTH_BYTES),
          length);
    }
    byte[] header = file.bytes(LENGTH_BYTES, (int) length);
    if (!Utf8.isWellFormed(header)) {
      throw file.malformed(CheckpointRule.HEADER_UTF8, "header", "UTF-8", "other bytes");
    }
    if (length == 0 || header[0] != '{') {
      throw file.malformed(
          CheckpointRule.HEADER_START,
          "header",
          "'{'",
          length == 0 ? "an empty header" : "byte 0x%02x".formatted(header[0]));
    }
    return header;
  }

  private static List<SafetensorsHeader.Entry> inDataOrder(List<SafetensorsHeader.Entry> entries) {
    entries.sort(
        Comparator.comparingLong(SafetensorsHeader.Entry::begin)
            .thenComparingLong(SafetensorsHeader.Entry::end));
    return entries;
  }

  private static void checkEntry(MappedFile file, SafetensorsHeader.Entry entry, long expected) {
    String where = "tensor '" + entry.name() + "'";
    if (entry.begin() != expected) {
      throw file.malformed(
          CheckpointRule.OFFSETS_CONTIGUOUS, where, "begin " + expected, entry.begin());
    }
    long bytes;
    try {
      bytes = Math.multiplyExact(entry.shape().elementCount(), (long) entry.dtype().byteSize());
    } catch (ArithmeticException e) {
      throw file.malformed(
          CheckpointRule.SHAPE_OVERFLOW, where, "less than 2^63 bytes", entry.shape());
    }
    if (bytes != entry.end() - entry.begin()) {
      throw file.malformed(
          CheckpointRule.TENSOR_SIZE,
          where,
          "%d bytes for %s %s".formatted(bytes, entry.dtype(), entry.shape()),
          (entry.end() - entry.begin()) + " bytes");
    }
  }
}
