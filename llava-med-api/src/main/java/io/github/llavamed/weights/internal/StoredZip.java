package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.internal.Writeback;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/**
 * Writes a zip file of uncompressed entries whose data begin at multiples of 64, in the way of
 * torch's writer: sizes and checksum follow the data, the 64-bit end records are always there.
 *
 * <p>Source: {@code PyTorchStreamWriter} and the miniz library of torch 2.2. Confined to one
 * thread.
 */
final class StoredZip implements AutoCloseable {
  private static final int ALIGNMENT = 64;
  private static final long MAX_32 = 0xffff_ffffL;
  private static final int LOCAL_HEADER = 30;
  private static final int FLAGS = 0x0808; // sizes follow the data; names are UTF-8
  private static final int RECORD_SPACE = 1 << 12; // a record with the longest file name as folder

  /** The entry that is open: its name, size and place, and the checksum so far. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Entry(byte[] name, long size, long offset, CRC32 crc) {
    boolean is64() {
      return size >= MAX_32 || offset >= MAX_32;
    }
  }

  private final FileChannel channel;
  private final Writeback writeback;
  private final ByteArrayOutputStream directory = new ByteArrayOutputStream();
  private final ByteBuffer record =
      ByteBuffer.allocate(RECORD_SPACE).order(ByteOrder.LITTLE_ENDIAN);
  private @Nullable Entry entry;
  private long position;
  private long left;
  private int entries;

  private StoredZip(FileChannel channel) {
    this.channel = channel;
    this.writeback = new Writeback(channel);
  }

  static StoredZip create(Path file) throws IOException {
    return new StoredZip(
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE));
  }

  /** Begins an entry of a known size. */
  void beginEntry(String name, long size) throws IOException {
    if (entry != null) {
      throw new IllegalStateException("an entry is open");
    }
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    Entry begun = new Entry(bytes, size, position, new CRC32());
    byte[] sizes = extra64(begun);
    int unpadded = LOCAL_HEADER + bytes.length + sizes.length + 4;
    int padding = (int) ((ALIGNMENT - (position + unpadded) % ALIGNMENT) % ALIGNMENT);
    record.clear().putInt(0x0403_4b50).putShort((short) 0).putShort((short) FLAGS);
    record.putShort((short) 0).putInt(0).putInt(0).putInt(0).putInt(0); // method … sizes
    record.putShort((short) bytes.length).putShort((short) (sizes.length + 4 + padding));
    record.put(bytes).put(sizes);
    record.put((byte) 'F').put((byte) 'B').putShort((short) padding);
    for (int i = 0; i < padding; i++) {
      record.put((byte) 'Z');
    }
    writeRecord();
    entry = begun;
    left = size;
  }

  /** Appends data to the open entry. */
  void write(ByteBuffer data) throws IOException {
    Entry open = open();
    if (data.remaining() > left) {
      throw new IllegalStateException("expected at most %d bytes, found more".formatted(left));
    }
    left -= data.remaining();
    open.crc().update(data.duplicate());
    writeFully(data);
  }

  /** Ends the open entry. */
  void endEntry() throws IOException {
    Entry open = open();
    if (left > 0) {
      throw new IllegalStateException("%d bytes of the entry are missing".formatted(left));
    }
    record.clear().putInt(0x0807_4b50).putInt((int) open.crc().getValue());
    if (open.is64()) {
      record.putLong(open.size()).putLong(open.size());
    } else {
      record.putInt((int) open.size()).putInt((int) open.size());
    }
    writeRecord();
    addToDirectory(open);
    entries++;
    entry = null;
  }

  /** Writes the directory and forces the file to the disk. */
  void finish() throws IOException {
    long start = position;
    long size = directory.size();
    writeFully(ByteBuffer.wrap(directory.toByteArray()));
    long end64 = position;
    record.clear().putInt(0x0606_4b50).putLong(44).putShort((short) 0x031e).putShort((short) 45);
    record.putInt(0).putInt(0).putLong(entries).putLong(entries).putLong(size).putLong(start);
    record.putInt(0x0706_4b50).putInt(0).putLong(end64).putInt(1);
    short count = (short) Math.min(0xffff, entries);
    record.putInt(0x0605_4b50).putInt(0).putShort(count).putShort(count);
    record.putInt((int) Math.min(MAX_32, size)).putInt((int) Math.min(MAX_32, start));
    record.putShort((short) 0);
    writeRecord();
    writeback.await();
    channel.force(true);
  }

  private void addToDirectory(Entry done) {
    byte[] extra = extra64(done);
    int size = (int) Math.min(MAX_32, done.size());
    record.clear().putInt(0x0201_4b50).putInt(0).putShort((short) FLAGS).putShort((short) 0);
    record.putInt(0).putInt((int) done.crc().getValue()).putInt(size).putInt(size);
    record.putShort((short) done.name().length).putShort((short) extra.length);
    record.putShort((short) 0).putShort((short) 0).putShort((short) 0).putInt(0);
    record.putInt((int) Math.min(MAX_32, done.offset())).put(done.name()).put(extra);
    directory.write(record.array(), 0, record.position());
  }

  /** Returns the extra field for what does not fit in 32 bits, empty if all does. */
  private static byte[] extra64(Entry entry) {
    if (!entry.is64()) {
      return new byte[0];
    }
    int length = (entry.size() >= MAX_32 ? 16 : 0) + (entry.offset() >= MAX_32 ? 8 : 0);
    ByteBuffer extra = ByteBuffer.allocate(4 + length).order(ByteOrder.LITTLE_ENDIAN);
    extra.putShort((short) 1).putShort((short) length);
    if (entry.size() >= MAX_32) {
      extra.putLong(entry.size()).putLong(entry.size());
    }
    if (entry.offset() >= MAX_32) {
      extra.putLong(entry.offset());
    }
    return extra.array();
  }

  private Entry open() {
    if (entry == null) {
      throw new IllegalStateException("no entry is open");
    }
    return entry;
  }

  private void writeRecord() throws IOException {
    writeFully(record.flip());
  }

  private void writeFully(ByteBuffer bytes) throws IOException {
    int count = bytes.remaining();
    while (bytes.hasRemaining()) {
      position += channel.write(bytes);
    }
    writeback.wrote(count);
  }

  @Override
  public void close() throws IOException {
    writeback.close();
    channel.close();
  }
}
