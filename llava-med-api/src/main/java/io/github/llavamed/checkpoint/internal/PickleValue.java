package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.DType;
import java.util.ArrayList;
import java.util.List;

/**
 * A value that a pickle of a checkpoint may hold: plain data, and references to tensors.
 *
 * <p>Containers compare by identity: hostile ones may be deep or contain themselves.
 */
sealed interface PickleValue {
  /** Returns how many levels of tuples and parameters the value has, 1 for a plain one. */
  default int depth() {
    return 1;
  }

  /** A string. */
  record Text(String value) implements PickleValue {}

  /** An integer that fits in 64 bits. */
  record Int(long value) implements PickleValue {}

  /** True or false. */
  record Bool(boolean value) implements PickleValue {}

  /** A value without meaning here: None, a float, bytes, a larger integer. */
  enum Opaque implements PickleValue {
    /** The only one. */
    VALUE
  }

  /** An element type, named by its storage class. */
  record StorageType(DType dtype) implements PickleValue {}

  /** A function of the allow-list. */
  enum Function implements PickleValue {
    /** {@code collections.OrderedDict}. */
    ORDERED_DICT,
    /** {@code torch._utils._rebuild_tensor_v2}. */
    REBUILD_TENSOR,
    /** {@code torch._utils._rebuild_parameter}. */
    REBUILD_PARAMETER,
    /** {@code torch.Size}. */
    SIZE
  }

  /** A reference to an entry of the archive. */
  record Storage(DType dtype, String key, long elements) implements PickleValue {}

  /** A view of a storage; nothing is checked yet. */
  record Tensor(Storage storage, long offset, long[] sizes, long[] strides)
      implements PickleValue {}

  /** A tuple. */
  final class Tuple implements PickleValue {
    private final List<PickleValue> items;
    private final int depth;

    Tuple(List<PickleValue> items) {
      this.items = List.copyOf(items);
      this.depth = 1 + items.stream().mapToInt(PickleValue::depth).max().orElse(0);
    }

    List<PickleValue> items() {
      return items;
    }

    @Override
    public int depth() {
      return depth;
    }
  }

  /** A list. */
  final class Items implements PickleValue {
    private final List<PickleValue> items = new ArrayList<>(0);

    List<PickleValue> items() {
      return items;
    }
  }

  /** A dictionary, in the order in which it was filled. */
  final class Dict implements PickleValue {
    private final boolean ordered;
    private final List<PickleValue> keys = new ArrayList<>(0);
    private final List<PickleValue> values = new ArrayList<>(0);

    Dict(boolean ordered) {
      this.ordered = ordered;
    }

    /** Returns whether it is a {@code collections.OrderedDict}. */
    boolean isOrdered() {
      return ordered;
    }

    void put(PickleValue key, PickleValue value) {
      keys.add(key);
      values.add(value);
    }

    int size() {
      return keys.size();
    }

    PickleValue key(int index) {
      return keys.get(index);
    }

    PickleValue value(int index) {
      return values.get(index);
    }
  }
}
