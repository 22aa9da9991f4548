package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.TensorSpec;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Pickles a dictionary of contiguous tensors as Python's pickler does with protocol 2, each tensor
 * in a storage of its own, numbered from 0. Confined to one thread.
 */
final class StateDictPickle {
  /** Python's pickler sets at most this many items at once. */
  private static final int BATCH = 1000;

  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /** Places of values in the pickle's memory: names of globals and the texts that are shared. */
  private final Map<String, Integer> memory = new HashMap<>();

  private int memorized;

  private StateDictPickle() {}

  /**
   * Returns the pickle.
   *
   * @throws IllegalArgumentException if torch has no storage of a tensor's type
   */
  static byte[] of(List<TensorSpec> tensors) {
    StateDictPickle pickle = new StateDictPickle();
    pickle.out.writeBytes(new byte[] {(byte) 0x80, 2, '}'});
    pickle.memorize();
    for (int first = 0; first < tensors.size(); first += BATCH) {
      pickle.batch(tensors, first, Math.min(tensors.size(), first + BATCH));
    }
    pickle.out.write('.');
    return pickle.out.toByteArray();
  }

  private void batch(List<TensorSpec> tensors, int first, int end) {
    boolean several = end - first > 1;
    if (several) {
      out.write('('); // MARK
    }
    for (int i = first; i < end; i++) {
      text(tensors.get(i).name());
      tensor(tensors.get(i), Integer.toString(i));
    }
    out.write(several ? 'u' : 's'); // SETITEMS or SETITEM
  }

  /** {@code _rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)}. */
  private void tensor(TensorSpec tensor, String key) {
    global("torch._utils", "_rebuild_tensor_v2");
    out.write('(');
    storage(tensor, key);
    integer(0);
    long[] size = tensor.shape().toArray();
    tuple(size);
    tuple(contiguousStrides(size));
    out.write(0x89); // NEWFALSE
    global("collections", "OrderedDict");
    out.write(')'); // EMPTY_TUPLE
    out.write('R'); // REDUCE
    memorize();
    out.write('t'); // TUPLE
    memorize();
    out.write('R');
    memorize();
  }

  private void storage(TensorSpec tensor, String key) {
    out.write('(');
    sharedText("storage");
    global("torch", storageClass(tensor));
    text(key);
    sharedText("cpu");
    integer(tensor.shape().elementCount());
    out.write('t');
    memorize();
    out.write('Q'); // BINPERSID
  }

  private static String storageClass(TensorSpec tensor) {
    return switch (tensor.dtype()) {
      case F16 -> "HalfStorage";
      case BF16 -> "BFloat16Storage";
      case F32 -> "FloatStorage";
      case F64 -> "DoubleStorage";
      case I64 -> "LongStorage";
      case I32 -> "IntStorage";
      case I16 -> "ShortStorage";
      case I8 -> "CharStorage";
      case U8 -> "ByteStorage";
      case BOOL -> "BoolStorage";
      case F8_E5M2, F8_E4M3, U16, U32, U64 ->
          throw new IllegalArgumentException(
              "tensor '%s': torch archives hold no %s; write safetensors instead"
                  .formatted(tensor.name(), tensor.dtype()));
    };
  }

  private static long[] contiguousStrides(long[] size) {
    long[] strides = new long[size.length];
    long stride = 1;
    for (int axis = size.length - 1; axis >= 0; axis--) {
      strides[axis] = stride;
      stride *= Math.max(1, size[axis]);
    }
    return strides;
  }

  private void tuple(long[] values) {
    if (values.length == 0) {
      out.write(')');
      return;
    }
    if (values.length > 3) {
      out.write('(');
    }
    for (long value : values) {
      integer(value);
    }
    out.write(values.length > 3 ? 't' : 0x84 + values.length); // TUPLE1 … TUPLE3
    memorize();
  }

  private void integer(long value) {
    if (value < 1 << 8) {
      out.write('K');
      little(value, 1);
    } else if (value < 1 << 16) {
      out.write('M');
      little(value, 2);
    } else if (value <= Integer.MAX_VALUE) {
      out.write('J');
      little(value, 4);
    } else {
      int length = BigInteger.valueOf(value).toByteArray().length;
      out.write(0x8a); // LONG1
      out.write(length);
      little(value, length);
    }
  }

  private void text(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    out.write('X'); // BINUNICODE
    little(bytes.length, 4);
    out.writeBytes(bytes);
    memorize();
  }

  private void sharedText(String text) {
    if (!recall(text)) {
      memory.put(text, memorized);
      text(text);
    }
  }

  private void global(String module, String name) {
    String line = module + "\n" + name + "\n";
    if (!recall(line)) {
      out.write('c'); // GLOBAL
      out.writeBytes(line.getBytes(StandardCharsets.US_ASCII));
      memory.put(line, memorized);
      memorize();
    }
  }

  private boolean recall(String value) {
    Integer place = memory.get(value);
    if (place == null) {
      return false;
    }
    place('h', 'j', place); // BINGET, LONG_BINGET
    return true;
  }

  private void memorize() {
    place('q', 'r', memorized++); // BINPUT, LONG_BINPUT
  }

  private void place(char small, char large, int index) {
    out.write(index < 1 << 8 ? small : large);
    little(index, index < 1 << 8 ? 1 : 4);
  }

  private void little(long value, int bytes) {
    byte[] all =
        ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(all, 0, bytes);
  }
}
