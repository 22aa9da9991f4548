package io.github.llavamed.checkpoint;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes pickles by hand, right or wrong. */
final class PickleBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  PickleBytes() {
    op(0x80).op(2);
  }

  /** A dictionary 'w' → tensor of the storage '0', finished. */
  static byte[] tensor(String type, long numel, long offset, long[] sizes, long[] strides) {
    return new PickleBytes()
        .op('}')
        .text("w")
        .rebuild(type, "0", numel, offset, sizes, strides)
        .op('s')
        .stop();
  }

  PickleBytes rebuild(
      String type, String key, long numel, long offset, long[] sizes, long[] strides) {
    return global("torch._utils", "_rebuild_tensor_v2")
        .op('(')
        .storage(type, key, numel)
        .integer(offset)
        .integers(sizes)
        .integers(strides)
        .op(0x89)
        .global("collections", "OrderedDict")
        .op(')')
        .op('R')
        .op('t')
        .op('R');
  }

  PickleBytes storage(String type, String key, long numel) {
    return op('(')
        .text("storage")
        .global("torch", type)
        .text(key)
        .text("cpu")
        .integer(numel)
        .op('t')
        .op('Q');
  }

  PickleBytes integers(long... values) {
    op('(');
    for (long value : values) {
      integer(value);
    }
    return op('t');
  }

  PickleBytes integer(long value) {
    op(0x8a).op(8);
    out.writeBytes(ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
    return this;
  }

  PickleBytes text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    op('X');
    out.writeBytes(
        ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
    out.writeBytes(bytes);
    return this;
  }

  PickleBytes global(String module, String name) {
    return op('c').raw(module + "\n" + name + "\n");
  }

  PickleBytes raw(String ascii) {
    out.writeBytes(ascii.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  PickleBytes op(int opcode) {
    out.write(opcode);
    return this;
  }

  byte[] stop() {
    return op('.').bytes();
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
