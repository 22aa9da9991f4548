package io.github.llavamed.tokenizer.internal;

import io.github.llavamed.tokenizer.MalformedTokenizerException;

/**
 * Walks over the fields of one protobuf message in memory, checking every length.
 *
 * <p>Call {@link #next} for each field, then exactly one of the {@code read} methods or {@link
 * #skip}. Nested messages are views on the same bytes. Confined to one thread.
 */
final class ProtobufReader {
  static final int VARINT = 0;
  static final int FIXED64 = 1;
  static final int BYTES = 2;
  static final int FIXED32 = 5;

  private final byte[] bytes;
  private final int end;
  private final String where;
  private int at;
  private int field;
  private int wireType;

  ProtobufReader(byte[] bytes, String where) {
    this(bytes, 0, bytes.length, where);
  }

  private ProtobufReader(byte[] bytes, int from, int to, String where) {
    this.bytes = bytes;
    this.at = from;
    this.end = to;
    this.where = where;
  }

  /** Moves to the next field; false at the end of the message. */
  boolean next() {
    if (at == end) {
      return false;
    }
    long tag = varint();
    wireType = (int) (tag & 7);
    long number = tag >>> 3;
    if (number < 1 || number > 0x1FFFFFFF) {
      throw malformed("a field number from 1 to 536870911", Long.toUnsignedString(number));
    }
    field = (int) number;
    return true;
  }

  int field() {
    return field;
  }

  long readVarint() {
    expect(VARINT);
    return varint();
  }

  boolean readBoolean() {
    return readVarint() != 0;
  }

  float readFloat() {
    expect(FIXED32);
    need(4);
    int bits =
        (bytes[at] & 0xFF)
            | (bytes[at + 1] & 0xFF) << 8
            | (bytes[at + 2] & 0xFF) << 16
            | (bytes[at + 3] & 0xFF) << 24;
    at += 4;
    return Float.intBitsToFloat(bits);
  }

  /** Returns a string field; it must be valid UTF-8 of at most {@code maxBytes}. */
  String readString(int maxBytes) {
    int length = length();
    if (length > maxBytes) {
      throw malformed("a string of at most " + maxBytes + " bytes", length + " bytes");
    }
    String text = Utf8.decode(bytes, at, at + length);
    if (text == null) {
      throw malformed("valid UTF-8", "other bytes");
    }
    at += length;
    return text;
  }

  /** Skips a field of bytes and returns how many it holds. */
  int skipBytes() {
    int length = length();
    at += length;
    return length;
  }

  /** Returns a reader over a nested message. */
  ProtobufReader readMessage(String name) {
    int length = length();
    ProtobufReader nested = new ProtobufReader(bytes, at, at + length, where + ", " + name);
    at += length;
    return nested;
  }

  /** Skips a field that nobody asked for. */
  void skip() {
    switch (wireType) {
      case VARINT -> varint();
      case FIXED64 -> {
        need(8);
        at += 8;
      }
      case BYTES -> skipBytes();
      case FIXED32 -> {
        need(4);
        at += 4;
      }
      default -> throw malformed("wire type 0, 1, 2 or 5", "type " + wireType);
    }
  }

  private int length() {
    expect(BYTES);
    long length = varint();
    if (length < 0 || length > end - at) {
      throw malformed(
          "at most " + (end - at) + " bytes, which is what is left of the message",
          "a length of " + Long.toUnsignedString(length));
    }
    return (int) length;
  }

  private long varint() {
    long value = 0;
    for (int shift = 0; shift < 70; shift += 7) {
      need(1);
      byte b = bytes[at++];
      value |= (long) (b & 0x7F) << shift; // bits above 63 fall off, as protobuf asks
      if (b >= 0) {
        return value;
      }
    }
    throw malformed("a variable-length integer of at most 10 bytes", "more");
  }

  private void expect(int type) {
    if (wireType != type) {
      throw malformed("wire type " + type, "type " + wireType);
    }
  }

  private void need(int count) {
    if (end - at < count) {
      throw malformed(count + " more bytes", "the end of the message");
    }
  }

  private MalformedTokenizerException malformed(String expected, String found) {
    return new MalformedTokenizerException(
        where
            + ", field "
            + field
            + " at byte "
            + at
            + ": expected "
            + expected
            + ", found "
            + found);
  }
}
