package io.github.llavamed.image.internal;

import java.nio.charset.StandardCharsets;

/**
 * Bounds-checked access to the bytes of an image in one byte order.
 *
 * <p>Every read beyond the end refuses the image as truncated.
 */
public final class ByteView {
  private final EncodedImage image;
  private final byte[] bytes;
  private final boolean littleEndian;

  ByteView(EncodedImage image, boolean littleEndian) {
    this.image = image;
    this.bytes = image.bytes();
    this.littleEndian = littleEndian;
  }

  /** Returns the number of bytes. */
  public int size() {
    return bytes.length;
  }

  /** Returns whether the least significant byte comes first. */
  public boolean isLittleEndian() {
    return littleEndian;
  }

  /** Returns the unsigned byte at an offset. */
  public int u8(long offset) {
    return bytes[check(offset, 1)] & 0xff;
  }

  /** Returns the unsigned 16-bit number at an offset. */
  public int u16(long offset) {
    int at = check(offset, 2);
    int first = bytes[at] & 0xff;
    int second = bytes[at + 1] & 0xff;
    return littleEndian ? second << 8 | first : first << 8 | second;
  }

  /** Returns the signed 32-bit number at an offset. */
  public int s32(long offset) {
    int first = u16(offset);
    int second = u16(offset + 2);
    return littleEndian ? second << 16 | first : first << 16 | second;
  }

  /** Returns the unsigned 32-bit number at an offset. */
  public long u32(long offset) {
    return s32(offset) & 0xffffffffL;
  }

  /** Returns so many bytes at an offset as Latin-1 text. */
  public String ascii(long offset, int length) {
    return new String(bytes, check(offset, length), length, StandardCharsets.ISO_8859_1);
  }

  /** Returns the offset as an index after checking that so many bytes lie behind it. */
  public int check(long offset, long length) {
    if (offset < 0 || length < 0 || offset > bytes.length - length) {
      throw image.broken(
          "byte " + offset, length + " more bytes", "a file of " + bytes.length + " bytes");
    }
    return (int) offset;
  }
}
