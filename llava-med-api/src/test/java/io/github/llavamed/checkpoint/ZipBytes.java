package io.github.llavamed.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/** Writes zip archives by hand, right or wrong; the data of the last entry may be left out. */
final class ZipBytes {
  /** What the headers say of an entry. */
  record Header(String localName, String name, int method, int flags, long size, long start) {
    Header withLocalName(String value) {
      return new Header(value, name, method, flags, size, start);
    }

    Header withMethod(int value) {
      return new Header(localName, name, value, flags, size, start);
    }

    Header withFlags(int value) {
      return new Header(localName, name, method, value, size, start);
    }

    Header withSize(long value) {
      return new Header(localName, name, method, flags, value, start);
    }

    Header withStart(long value) {
      return new Header(localName, name, method, flags, size, value);
    }
  }

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();
  private final List<Header> headers = new ArrayList<>();
  private boolean zip64;

  /** A torch archive with this pickle and one storage '0' of some bytes. */
  static byte[] torch(byte[] pickle, int storageBytes) {
    return new ZipBytes()
        .add("archive/data.pkl", pickle)
        .add("archive/data/0", new byte[storageBytes])
        .finish();
  }

  ZipBytes add(String name, byte[] data) {
    return add(name, data, header -> header);
  }

  ZipBytes add(String name, byte[] data, UnaryOperator<Header> change) {
    addHeader(name, data.length, change);
    out.writeBytes(data);
    return this;
  }

  /** Adds an entry without data; the caller puts the data behind {@link #size()} itself. */
  ZipBytes addHeader(String name, long size, UnaryOperator<Header> change) {
    Header header = change.apply(new Header(name, name, 0, 1 << 11, size, out.size()));
    headers.add(header);
    byte[] localName = header.localName().getBytes(StandardCharsets.UTF_8);
    out.writeBytes(
        buffer(30)
            .putInt(0x04034b50)
            .putShort((short) 20)
            .putShort((short) header.flags())
            .putShort((short) header.method())
            .position(26)
            .putShort((short) localName.length)
            .array());
    out.writeBytes(localName);
    return this;
  }

  /** Writes ZIP64 records, whatever the sizes are. */
  ZipBytes zip64() {
    zip64 = true;
    return this;
  }

  long size() {
    return out.size();
  }

  /** The bytes so far, without a directory. */
  byte[] body() {
    return out.toByteArray();
  }

  byte[] finish() {
    byte[] directory = directory(out.size());
    out.writeBytes(directory);
    return out.toByteArray();
  }

  /** The directory and the end records of an archive whose entries end at {@code start}. */
  byte[] directory(long start) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    headers.forEach(header -> bytes.writeBytes(central(header)));
    long size = bytes.size();
    if (zip64) {
      long recordStart = start + size;
      bytes.writeBytes(
          buffer(56)
              .putInt(0x06064b50)
              .putLong(44)
              .position(24)
              .putLong(headers.size())
              .putLong(headers.size())
              .putLong(size)
              .putLong(start)
              .array());
      bytes.writeBytes(
          buffer(20).putInt(0x07064b50).putInt(0).putLong(recordStart).putInt(1).array());
    }
    bytes.writeBytes(
        buffer(22)
            .putInt(0x06054b50)
            .position(8)
            .putShort((short) headers.size())
            .putShort((short) headers.size())
            .putInt(zip64 ? -1 : (int) size)
            .putInt(zip64 ? -1 : (int) start)
            .array());
    return bytes.toByteArray();
  }

  private byte[] central(Header header) {
    byte[] name = header.name().getBytes(StandardCharsets.UTF_8);
    ByteBuffer bytes =
        buffer(46 + name.length + (zip64 ? 28 : 0))
            .putInt(0x02014b50)
            .position(8)
            .putShort((short) header.flags())
            .putShort((short) header.method())
            .position(20)
            .putInt(zip64 ? -1 : (int) header.size())
            .putInt(zip64 ? -1 : (int) header.size())
            .putShort((short) name.length)
            .putShort((short) (zip64 ? 28 : 0))
            .position(42)
            .putInt(zip64 ? -1 : (int) header.start())
            .put(name);
    if (zip64) {
      bytes
          .putShort((short) 1)
          .putShort((short) 24)
          .putLong(header.size())
          .putLong(header.size())
          .putLong(header.start());
    }
    return bytes.array();
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
