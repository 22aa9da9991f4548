package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.trainer.internal.torch.Scopes;
import org.bytedeco.pytorch.Tensor;

/**
 * The keys and values of one layer and one sequence.
 *
 * <p>Owns its memory, which doubles as it fills up; {@link #close()} frees it. Confined to one
 * thread.
 */
public final class KvCache implements AutoCloseable {
  private Tensor keys; // [1, k, room, d]
  private Tensor values; // [1, k, room, d]
  private long length;

  /** Creates an empty cache from the first keys and values, which are copied. */
  KvCache(Tensor firstKeys, Tensor firstValues) {
    keys = copyOf(firstKeys);
    values = copyOf(firstValues);
    length = firstKeys.size(2);
  }

  private KvCache(KvCache other) {
    keys = copyOf(other.keys.narrow(2, 0, other.length));
    values = copyOf(other.values.narrow(2, 0, other.length));
    length = other.length;
  }

  private static Tensor copyOf(Tensor tensor) {
    return Scopes.keepNoGrad(tensor::clone);
  }

  /** Returns an independent copy. */
  public KvCache fork() {
    return new KvCache(this);
  }

  /** Forgets the positions from a length on. */
  public void truncate(long newLength) {
    length = Math.min(length, newLength);
  }

  /** Adds positions. // [1, k, s, d] */
  void append(Tensor newKeys, Tensor newValues) {
    long count = newKeys.size(2);
    keys = withRoom(keys, count);
    values = withRoom(values, count);
    Scopes.runNoGrad(
        () -> {
          keys.narrow(2, length, count).copy_(newKeys);
          values.narrow(2, length, count).copy_(newValues);
        });
    length += count;
  }

  private Tensor withRoom(Tensor tensor, long count) {
    if (length + count <= tensor.size(2)) {
      return tensor;
    }
    long room = Math.max(length + count, 2 * tensor.size(2));
    Tensor larger =
        Scopes.keepNoGrad(
            () -> {
              Tensor made =
                  tensor.new_zeros(1, tensor.size(1), room, tensor.size(3)); // [1, k, room, d]
              made.narrow(2, 0, length).copy_(tensor.narrow(2, 0, length));
              return made;
            });
    tensor.close();
    return larger;
  }

  /** Returns a view of all keys. // [1, k, t, d] */
  Tensor keys() {
    return keys.narrow(2, 0, length);
  }

  /** Returns a view of all values. // [1, k, t, d] */
  Tensor values() {
    return values.narrow(2, 0, length);
  }

  @Override
  public void close() {
    keys.close();
    values.close();
  }
}
