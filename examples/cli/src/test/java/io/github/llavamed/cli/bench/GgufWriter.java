package io.github.llavamed.cli.bench;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Writes small GGUF files. */
public final class GgufWriter {
  private static final int ALIGNMENT = 32;

  private final ByteArrayOutputStream settings = new ByteArrayOutputStream();
  private final ByteArrayOutputStream tensors = new ByteArrayOutputStream();
  private final ByteArrayOutputStream data = new ByteArrayOutputStream();
  private int settingCount;
  private int tensorCount;

  /** Adds a whole number. */
  public GgufWriter number(String name, int value) {
    setting(name, 4);
    settings.writeBytes(bytes(4).putInt(value).array());
    return this;
  }

  /** Adds a number with a fraction. */
  public GgufWriter fraction(String name, float value) {
    setting(name, 6);
    settings.writeBytes(bytes(4).putFloat(value).array());
    return this;
  }

  /** Adds a list of texts. */
  public GgufWriter texts(String name, List<String> values) {
    setting(name, 9);
    settings.writeBytes(bytes(12).putInt(8).putLong(values.size()).array());
    values.forEach(value -> text(settings, value));
    return this;
  }

  /** Adds a list of whole numbers. */
  public GgufWriter numbers(String name, List<Integer> values) {
    setting(name, 9);
    settings.writeBytes(bytes(12).putInt(5).putLong(values.size()).array());
    values.forEach(value -> settings.writeBytes(bytes(4).putInt(value).array()));
    return this;
  }

  /** Adds a tensor; {@code dims} begin with the slowest axis. */
  public GgufWriter tensor(String name, int type, byte[] content, int... dims) {
    tensorCount++;
    text(tensors, name);
    tensors.writeBytes(bytes(4).putInt(dims.length).array());
    for (int i = dims.length - 1; i >= 0; i--) {
      tensors.writeBytes(bytes(8).putLong(dims[i]).array());
    }
    tensors.writeBytes(bytes(12).putInt(type).putLong(data.size()).array());
    data.writeBytes(content);
    pad(data);
    return this;
  }

  /** Writes the file. */
  public Path write(Path path) throws IOException {
    ByteArrayOutputStream file = new ByteArrayOutputStream();
    file.writeBytes("GGUF".getBytes(StandardCharsets.US_ASCII));
    file.writeBytes(bytes(20).putInt(3).putLong(tensorCount).putLong(settingCount).array());
    file.writeBytes(settings.toByteArray());
    file.writeBytes(tensors.toByteArray());
    pad(file);
    file.writeBytes(data.toByteArray());
    return Files.write(path, file.toByteArray());
  }

  /** Returns numbers as they are stored. */
  public static byte[] floats(float... values) {
    ByteBuffer buffer = bytes(4 * values.length);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer.array();
  }

  private void setting(String name, int type) {
    settingCount++;
    text(settings, name);
    settings.writeBytes(bytes(4).putInt(type).array());
  }

  private static void text(ByteArrayOutputStream out, String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    out.writeBytes(bytes(8).putLong(content.length).array());
    out.writeBytes(content);
  }

  private static void pad(ByteArrayOutputStream out) {
    while (out.size() % ALIGNMENT != 0) {
      out.write(0);
    }
  }

  private static ByteBuffer bytes(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
