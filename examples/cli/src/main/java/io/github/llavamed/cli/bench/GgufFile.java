package io.github.llavamed.cli.bench;

import io.github.llavamed.error.LlavaMedException;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads a GGUF file: its settings, and tensors of the types F32, Q8_0 and Q4_1 as float32.
 *
 * <p>The format is that of {@code docs/gguf.md} in the ggml sources. Files are at most 2 GiB. Safe
 * for concurrent use.
 */
final class GgufFile {
  private static final int MAGIC = 0x46554747; // "GGUF", little-endian
  private static final int DEFAULT_ALIGNMENT = 32;
  private static final long MOST_ENTRIES = 1 << 20;

  private final Path path;
  private final ByteBuffer file;
  private final Map<String, Object> settings = new LinkedHashMap<>();
  private final Map<String, Entry> entries = new LinkedHashMap<>();
  private int dataStart;

  /** Where a tensor is; {@code offset} counts from the start of the data. */
  private record Entry(List<Integer> dims, GgufType type, long offset) {}

  private GgufFile(Path path, ByteBuffer file) {
    this.path = path;
    this.file = file;
  }

  /**
   * Maps a file and reads its header.
   *
   * @throws IOException if it cannot be read
   * @throws LlavaMedException if it is damaged or of another format
   */
  static GgufFile open(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      if (channel.size() > Integer.MAX_VALUE) {
        throw new LlavaMedException(
            "%s: expected at most 2 GiB, found %d bytes".formatted(path, channel.size()));
      }
      ByteBuffer file = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
      GgufFile gguf = new GgufFile(path, file.order(ByteOrder.LITTLE_ENDIAN));
      gguf.readHeader();
      return gguf;
    } catch (BufferUnderflowException | IndexOutOfBoundsException e) {
      throw new LlavaMedException(path + ": the GGUF header is cut off; fetch the file again", e);
    }
  }

  private void readHeader() {
    int magic = file.getInt();
    int version = file.getInt();
    if (magic != MAGIC || version < 2 || version > 3) {
      throw damaged("expected a GGUF file of version 2 or 3");
    }
    long tensorCount = count(file.getLong());
    long settingCount = count(file.getLong());
    for (long i = 0; i < settingCount; i++) {
      String name = text();
      settings.put(name, value(file.getInt()));
    }
    for (long i = 0; i < tensorCount; i++) {
      String name = text();
      List<Integer> dims = new ArrayList<>();
      int rank = (int) count(file.getInt());
      for (int n = 0; n < rank; n++) {
        dims.add(0, Math.toIntExact(file.getLong())); // Stored with the fastest axis first.
      }
      entries.put(name, new Entry(dims, GgufType.of(file.getInt(), name), file.getLong()));
    }
    int alignment = settings.get("general.alignment") instanceof Integer n ? n : DEFAULT_ALIGNMENT;
    dataStart = (file.position() + alignment - 1) / alignment * alignment;
  }

  private Object value(int type) {
    return switch (type) {
      case 0, 1, 7 -> (int) file.get();
      case 2, 3 -> (int) file.getShort();
      case 4, 5 -> file.getInt();
      case 6 -> file.getFloat();
      case 8 -> text();
      case 9 -> list();
      case 10, 11 -> file.getLong();
      case 12 -> file.getDouble();
      default -> throw damaged("unknown type of setting " + type);
    };
  }

  private List<Object> list() {
    int type = file.getInt();
    long size = count(file.getLong());
    List<Object> values = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      values.add(value(type));
    }
    return values;
  }

  private String text() {
    byte[] bytes = new byte[(int) count(file.getLong())];
    file.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  private long count(long value) {
    if (value < 0 || value > MOST_ENTRIES) {
      throw damaged("a length of " + value + " in the header");
    }
    return value;
  }

  private LlavaMedException damaged(String what) {
    return new LlavaMedException(path + ": " + what + "; fetch the file again");
  }

  /** Returns a whole-number setting. */
  int number(String name) {
    return setting(name, Integer.class);
  }

  /** Returns a setting that is a number with a fraction. */
  float fraction(String name) {
    return setting(name, Float.class);
  }

  /** Returns a setting that is a list of texts. */
  List<String> texts(String name) {
    return setting(name, List.class).stream().map(String::valueOf).toList();
  }

  /** Returns a setting that is a list of whole numbers. */
  List<Integer> numbers(String name) {
    return setting(name, List.class).stream().map(Integer.class::cast).toList();
  }

  private <T> T setting(String name, Class<T> type) {
    Object value = settings.get(name);
    if (!type.isInstance(value)) {
      throw damaged(
          "expected setting '%s' of type %s, found %s"
              .formatted(name, type.getSimpleName(), value == null ? "none" : value.getClass()));
    }
    return type.cast(value);
  }

  /** Returns whether there is a tensor of this name. */
  boolean has(String name) {
    return entries.containsKey(name);
  }

  /** Returns the axes of a tensor, the slowest first. */
  List<Integer> dims(String name) {
    return entry(name).dims();
  }

  /** Returns a tensor's values, row by row. */
  float[] floats(String name) {
    Entry entry = entry(name);
    int size = entry.dims().stream().reduce(1, Math::multiplyExact);
    ByteBuffer data = file.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    try {
      data.position(Math.toIntExact(dataStart + entry.offset()));
      return entry.type().read(data, size);
    } catch (BufferUnderflowException | IllegalArgumentException e) {
      throw new LlavaMedException(
          path + ": tensor '" + name + "' is cut off; fetch the file again", e);
    }
  }

  private Entry entry(String name) {
    Entry entry = entries.get(name);
    if (entry == null) {
      throw damaged("no tensor '" + name + "'");
    }
    return entry;
  }
}
