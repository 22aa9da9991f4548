package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds where the stored entries of a zip archive lie in its file, ZIP64 included.
 *
 * <p>Nothing is inflated, and no entry is trusted before its local header agrees with the
 * directory. Source: APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16 and 4.5.3. Confined to one
 * thread.
 */
final class ZipDirectory {
  private static final int END_SIGNATURE = 0x0605_4b50;
  private static final int END64_LOCATOR_SIGNATURE = 0x0706_4b50;
  private static final int END64_SIGNATURE = 0x0606_4b50;
  private static final int CENTRAL_SIGNATURE = 0x0201_4b50;
  private static final int LOCAL_SIGNATURE = 0x0403_4b50;
  private static final int END_BYTES = 22;
  private static final int END64_LOCATOR_BYTES = 20;
  private static final int END64_BYTES = 56;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_BYTES = 30;
  private static final int MAX_COMMENT = 0xffff;
  private static final int ZIP64_EXTRA = 1;
  private static final int ENCRYPTED = 1;
  private static final int UTF8_NAMES = 1 << 11;
  private static final long SATURATED = 0xffff_ffffL;

  /** The bytes of an entry: from {@code headerStart} its local header, its data further on. */
  record Entry(String name, long headerStart, long start, long size) {
    long end() {
      return start + size;
    }
  }

  /** What the end records say: where the central directory is. */
  private record End(long entries, long start, long size, long recordStart) {}

  private final MappedFile file;
  private final CheckpointLimits limits;

  private ZipDirectory(MappedFile file, CheckpointLimits limits) {
    this.file = file;
    this.limits = limits;
  }

  /** Returns the entries by name, in the order of the directory. */
  static Map<String, Entry> read(MappedFile file, CheckpointLimits limits) {
    return new ZipDirectory(file, limits).readEntries();
  }

  private Map<String, Entry> readEntries() {
    End end = findEnd();
    checkEnd(end);
    ByteBuffer directory = buffer(end.start(), (int) end.size());
    Map<String, Entry> entries = new LinkedHashMap<>();
    for (long i = 0; i < end.entries(); i++) {
      Entry entry = readCentral(directory, end);
      if (entries.put(entry.name(), entry) != null) {
        throw file.malformed(
            CheckpointRule.ZIP_ENTRY_DISTINCT, where(entry.name()), "one entry", "two");
      }
    }
    if (directory.hasRemaining()) {
      throw damaged("%d entries".formatted(end.entries()), directory.remaining() + " more bytes");
    }
    checkDisjoint(entries);
    return entries;
  }

  private End findEnd() {
    int tail = (int) Math.min(file.size(), END_BYTES + MAX_COMMENT);
    ByteBuffer bytes = buffer(file.size() - tail, tail);
    for (int at = tail - END_BYTES; at >= 0; at--) {
      boolean found =
          bytes.getInt(at) == END_SIGNATURE
              && at + END_BYTES + unsignedShort(bytes, at + 20) == tail;
      if (found) {
        return readEnd(bytes.position(at).slice().order(ByteOrder.LITTLE_ENDIAN), at - tail);
      }
    }
    throw file.malformed(
        CheckpointRule.ZIP_END, "", "an end record in the last %d bytes".formatted(tail), "none");
  }

  private End readEnd(ByteBuffer record, int fromFileEnd) {
    long recordStart = file.size() + fromFileEnd;
    int disks = unsignedShort(record, 4) | unsignedShort(record, 6);
    int entries = unsignedShort(record, 10);
    long size = unsignedInt(record, 12);
    long start = unsignedInt(record, 16);
    if (entries == 0xffff || size == SATURATED || start == SATURATED) {
      return readEnd64(recordStart);
    }
    if (disks != 0 || unsignedShort(record, 8) != entries) {
      throw damaged("one disk", "several");
    }
    return new End(entries, start, size, recordStart);
  }

  private End readEnd64(long recordStart) {
    long locatorStart = recordStart - END64_LOCATOR_BYTES;
    if (locatorStart < 0) {
      throw damaged("a ZIP64 locator", "none");
    }
    ByteBuffer locator = buffer(locatorStart, END64_LOCATOR_BYTES);
    long start = locator.getLong(8);
    boolean valid =
        locator.getInt(0) == END64_LOCATOR_SIGNATURE
            && start >= 0
            && start <= locatorStart - END64_BYTES;
    if (!valid) {
      throw damaged("a ZIP64 locator that points before itself", "offset " + start);
    }
    ByteBuffer record = buffer(start, END64_BYTES);
    if (record.getInt(0) != END64_SIGNATURE || (record.getInt(16) | record.getInt(20)) != 0) {
      throw damaged("a ZIP64 end record of one disk", "something else at " + start);
    }
    return new End(record.getLong(32), record.getLong(48), record.getLong(40), start);
  }

  private void checkEnd(End end) {
    if (end.entries() < 0 || end.entries() > limits.zipEntries()) {
      throw file.malformed(
          CheckpointRule.ZIP_ENTRY_COUNT,
          "zip directory",
          "at most " + limits.zipEntries(),
          Long.toUnsignedString(end.entries()));
    }
    boolean inside =
        end.start() >= 0
            && end.size() >= 0
            && end.start() <= end.recordStart()
            && end.size() <= end.recordStart() - end.start();
    if (!inside || end.size() > limits.headerBytes()) {
      throw damaged(
          "a directory of at most %d bytes before %d"
              .formatted(limits.headerBytes(), end.recordStart()),
          "%d bytes at %d".formatted(end.size(), end.start()));
    }
  }

  private Entry readCentral(ByteBuffer directory, End end) {
    int at = directory.position();
    if (directory.remaining() < CENTRAL_BYTES || directory.getInt(at) != CENTRAL_SIGNATURE) {
      throw damaged("an entry at byte " + at, "something else");
    }
    int flags = unsignedShort(directory, at + 8);
    int method = unsignedShort(directory, at + 10);
    int nameLength = unsignedShort(directory, at + 28);
    int extraLength = unsignedShort(directory, at + 30);
    int commentLength = unsignedShort(directory, at + 32);
    directory.position(at + CENTRAL_BYTES);
    if (directory.remaining() < nameLength + extraLength + commentLength) {
      throw damaged("an entry of %d bytes".formatted(nameLength + extraLength), "the end");
    }
    byte[] rawName = new byte[nameLength];
    directory.get(rawName);
    Charset charset =
        (flags & UTF8_NAMES) != 0 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    String name = new String(rawName, charset);
    long[] sizes = { // uncompressed, compressed, local header
      unsignedInt(directory, at + 24),
      unsignedInt(directory, at + 20),
      unsignedInt(directory, at + 42)
    };
    readZip64(directory, directory.position() + extraLength, sizes, name);
    directory.position(at + CENTRAL_BYTES + nameLength + extraLength + commentLength);
    if (method != 0 || (flags & ENCRYPTED) != 0 || sizes[0] != sizes[1]) {
      throw file.malformed(
          CheckpointRule.ZIP_STORED,
          where(name),
          "method 0 without encryption",
          "method %d, flags 0x%x, %d bytes as %d".formatted(method, flags, sizes[0], sizes[1]));
    }
    return locate(name, rawName, sizes[2], sizes[0], end);
  }

  /** Replaces saturated sizes by those of the ZIP64 extra field. */
  private void readZip64(ByteBuffer directory, int extraEnd, long[] sizes, String name) {
    while (extraEnd - directory.position() >= 4) {
      int id = unsignedShort(directory, directory.position());
      int length = unsignedShort(directory, directory.position() + 2);
      directory.position(directory.position() + 4);
      int next = directory.position() + length;
      if (next > extraEnd) {
        throw badEntry(name, "an extra field of %d bytes".formatted(length), "the end");
      }
      for (int i = 0; id == ZIP64_EXTRA && i < sizes.length; i++) {
        if (sizes[i] == SATURATED && next - directory.position() >= 8) {
          sizes[i] = directory.getLong();
        }
      }
      directory.position(next);
    }
  }

  private Entry locate(String name, byte[] rawName, long headerStart, long size, End end) {
    long limit = end.start();
    if (headerStart < 0 || headerStart > limit - LOCAL_BYTES) {
      throw badEntry(name, "a local header before " + limit, "offset " + headerStart);
    }
    ByteBuffer header = buffer(headerStart, LOCAL_BYTES);
    int nameLength = unsignedShort(header, 26);
    long start = headerStart + LOCAL_BYTES + nameLength + unsignedShort(header, 28);
    if (header.getInt(0) != LOCAL_SIGNATURE || unsignedShort(header, 8) != 0 || start > limit) {
      throw badEntry(name, "a local header of a stored entry", "something else");
    }
    byte[] localName = file.bytes(headerStart + LOCAL_BYTES, nameLength);
    if (!Arrays.equals(localName, rawName)) {
      throw badEntry(name, "the same name in the local header", "another");
    }
    if (size < 0 || size > limit - start) {
      throw badEntry(name, "at most %d bytes".formatted(limit - start), size);
    }
    return new Entry(name, headerStart, start, size);
  }

  private void checkDisjoint(Map<String, Entry> entries) {
    List<Entry> sorted = new ArrayList<>(entries.values());
    sorted.sort(Comparator.comparingLong(Entry::headerStart));
    for (int i = 1; i < sorted.size(); i++) {
      if (sorted.get(i).headerStart() < sorted.get(i - 1).end()) {
        throw file.malformed(
            CheckpointRule.ZIP_ENTRY_DISTINCT,
            where(sorted.get(i).name()),
            "a start from %d on".formatted(sorted.get(i - 1).end()),
            sorted.get(i).headerStart());
      }
    }
  }

  private MalformedCheckpointException damaged(String expected, String found) {
    return file.malformed(CheckpointRule.ZIP_DIRECTORY, "zip directory", expected, found);
  }

  private MalformedCheckpointException badEntry(String name, String expected, Object found) {
    return file.malformed(CheckpointRule.ZIP_ENTRY, where(name), expected, found);
  }

  private static String where(String name) {
    return "entry '" + JsonHeader.firstLine(name) + "'";
  }

  private ByteBuffer buffer(long position, int length) {
    return ByteBuffer.wrap(file.bytes(position, length)).order(ByteOrder.LITTLE_ENDIAN);
  }

  private static int unsignedShort(ByteBuffer bytes, int at) {
    return bytes.getShort(at) & 0xffff;
  }

  private static long unsignedInt(ByteBuffer bytes, int at) {
    return bytes.getInt(at) & 0xffff_ffffL;
  }
}
