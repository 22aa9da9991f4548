package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The bytes of a pickle, read by argument types; never beyond their end. One thread. */
final class PickleInput {
  private final MappedFile file;
  private final ByteBuffer bytes;

  PickleInput(MappedFile file, byte[] pickle) {
    this.file = file;
    this.bytes = ByteBuffer.wrap(pickle).order(ByteOrder.LITTLE_ENDIAN);
  }

  int position() {
    return bytes.position();
  }

  int unsignedByte() {
    return need(1).get() & 0xff;
  }

  int unsignedShort() {
    return need(2).getShort() & 0xffff;
  }

  int signedInt() {
    return need(4).getInt();
  }

  long unsignedInt() {
    return need(4).getInt() & 0xffff_ffffL;
  }

  void skip(long count) {
    need(count);
    bytes.position(bytes.position() + (int) count);
  }

  /** Reads a string of {@code length} bytes of UTF-8. */
  String text(long length) {
    need(length);
    ByteBuffer part = bytes.slice(bytes.position(), (int) length);
    bytes.position(bytes.position() + (int) length);
    return decode(part);
  }

  /** Reads a string up to the next line feed. */
  String line() {
    int start = bytes.position();
    while (unsignedByte() != '\n') {
      // Search goes on; the end of the pickle throws.
    }
    return decode(bytes.slice(start, bytes.position() - start - 1));
  }

  /** Reads {@code length} ≤ 8 bytes of two's complement, little-endian. */
  long integer(int length) {
    need(length);
    long value = 0;
    for (int i = 0; i < length; i++) {
      long next = i == length - 1 ? bytes.get() : bytes.get() & 0xff;
      value |= next << (8 * i);
    }
    return value;
  }

  /** Returns an exception that names the place. */
  MalformedCheckpointException malformed(CheckpointRule rule, Object expected, Object found) {
    return file.malformed(rule, "data.pkl, byte " + bytes.position(), expected, found);
  }

  private ByteBuffer need(long count) {
    if (count < 0 || count > bytes.remaining()) {
      throw malformed(
          CheckpointRule.PICKLE_TRUNCATED, count + " more bytes", Math.max(0, bytes.remaining()));
    }
    return bytes;
  }

  private String decode(ByteBuffer part) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(part).toString();
    } catch (CharacterCodingException e) {
      throw malformed(CheckpointRule.PICKLE_TEXT, "UTF-8", "other bytes");
    }
  }
}
