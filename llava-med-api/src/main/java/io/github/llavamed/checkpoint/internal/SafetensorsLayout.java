package io.github.llavamed.checkpoint.internal;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.github.llavamed.checkpoint.TensorSpec;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Lays out a safetensors file as the safetensors library does, so that equal content gives equal
 * bytes.
 *
 * <p>Order of the data: element types by falling alignment, then names by their UTF-8 bytes. The
 * header is padded with spaces to a multiple of 8. Source: {@code prepare} in {@code tensor.rs}.
 *
 * @param header length field and header
 * @param positions where each tensor begins in the file, by name
 * @param fileSize size of the file in bytes
 */
@SuppressWarnings("ArrayRecordComponent")
record SafetensorsLayout(byte[] header, Map<String, Long> positions, long fileSize) {
  private static final int ALIGNMENT = 8;

  /** Orders texts by their UTF-8 bytes. */
  static final Comparator<String> BY_UTF8 =
      (a, b) ->
          Arrays.compareUnsigned(
              a.getBytes(StandardCharsets.UTF_8), b.getBytes(StandardCharsets.UTF_8));

  /** Returns the layout of some tensors; no metadata member is written if there is none. */
  static SafetensorsLayout of(List<TensorSpec> tensors, Map<String, String> metadata) {
    List<TensorSpec> sorted = new ArrayList<>(tensors);
    sorted.sort(
        Comparator.comparing(TensorSpec::dtype)
            .reversed()
            .thenComparing(TensorSpec::name, BY_UTF8));
    Map<String, Long> offsets = new LinkedHashMap<>();
    StringJoiner members = new StringJoiner(",", "{", "}");
    if (!metadata.isEmpty()) {
      members.add("\"__metadata__\":" + metadataJson(metadata));
    }
    long end = 0;
    for (TensorSpec tensor : sorted) {
      long begin = end;
      end = Math.addExact(end, tensor.byteSize());
      offsets.put(tensor.name(), begin);
      members.add(member(tensor, begin, end));
    }
    byte[] header = withLength(members.toString().getBytes(StandardCharsets.UTF_8));
    offsets.replaceAll((name, offset) -> offset + header.length);
    return new SafetensorsLayout(header, offsets, Math.addExact(end, (long) header.length));
  }

  /** Returns a JSON string with only the escapes that JSON demands. */
  static String quote(String text) {
    if (!JsonHeader.isWellFormed(text)) {
      throw new IllegalArgumentException("unpaired surrogate in '" + text + "'");
    }
    return '"' + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + '"';
  }

  private static String metadataJson(Map<String, String> metadata) {
    StringJoiner members = new StringJoiner(",", "{", "}");
    metadata.forEach((key, value) -> members.add(quote(key) + ":" + quote(value)));
    return members.toString();
  }

  private static String member(TensorSpec tensor, long begin, long end) {
    String shape = Arrays.toString(tensor.shape().toArray()).replace(" ", "");
    return quote(tensor.name())
        + ":{\"dtype\":\"%s\",\"shape\":%s,\"data_offsets\":[%d,%d]}"
            .formatted(tensor.dtype(), shape, begin, end);
  }

  private static byte[] withLength(byte[] json) {
    int padded = Math.addExact(json.length, ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    byte[] header = new byte[Math.addExact(ALIGNMENT, padded)];
    Arrays.fill(header, (byte) ' ');
    ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN).putLong(padded).put(json);
    return header;
  }
}
