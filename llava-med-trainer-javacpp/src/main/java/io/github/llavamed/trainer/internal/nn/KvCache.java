package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.trainer.internal.torch.Scopes;
import org.bytedeco.pytorch.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The keys and values of one layer and one sequence.
 *
 * <p>Owns its memory, which doubles as it fills up; {@link #close()} frees it and is idempotent.
 * Confined to one thread at a time.
 */
public final class KvCache implements AutoCloseable {
  private @Nullable Tensor keys; // [1, k, room, d]
  private @Nullable Tensor values; // [1, k, room, d]
  private long length;

  /** Creates an empty cache. */
  public KvCache() {}

  /** Returns an independent copy. */
  public KvCache fork() {
    KvCache copy = new KvCache();
    if (keys != null && values != null) {
      copy.append(keys.narrow(2, 0, length), values.narrow(2, 0, length));
    }
    return copy;
  }

  /** Forgets the positions from a length on. */
  public void truncate(long newLength) {
    length = Math.min(length, newLength);
  }

  /** Adds positions. // [1, k, s, d] */
  void append(Tensor newKeys, Tensor newValues) {
    keys = appended(keys, newKeys);
    values = appended(values, newValues);
    length += newKeys.size(2);
  }

  private Tensor appended(@Nullable Tensor old, Tensor added) {
    long count = added.size(2);
    Tensor target = old;
    if (target == null || length + count > target.size(2)) {
      long room = old == null ? count : Math.max(length + count, 2 * old.size(2));
      target = Scopes.keepNoGrad(() -> larger(old, added, room));
      if (old != null) {
        old.close();
      }
    }
    Tensor filled = target;
    Scopes.runNoGrad(() -> filled.narrow(2, length, count).copy_(added));
    return filled;
  }

  private Tensor larger(@Nullable Tensor old, Tensor like, long room) {
    Tensor made = like.new_zeros(1, like.size(1), room, like.size(3)); // [1, k, room, d]
    if (old != null) {
      made.narrow(2, 0, length).copy_(old.narrow(2, 0, length));
    }
    return made;
  }

  /** Returns a view of all keys. // [1, k, t, d] */
  Tensor keys() {
    return filled(keys);
  }

  /** Returns a view of all values. // [1, k, t, d] */
  Tensor values() {
    return filled(values);
  }

  private Tensor filled(@Nullable Tensor tensor) {
    if (tensor == null) {
      throw new IllegalStateException("the cache is empty");
    }
    return tensor.narrow(2, 0, length);
  }

  @Override
  public void close() {
    if (keys != null && values != null) {
      keys.close();
      values.close();
    }
    keys = null;
    values = null;
    length = 0;
  }
}
