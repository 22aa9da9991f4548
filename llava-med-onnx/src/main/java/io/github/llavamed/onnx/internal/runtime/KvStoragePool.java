package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.onnx.internal.model.DecoderShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Hands out cache storage and keeps a few that came back, because direct memory is freed only when
 * the garbage collector gets to it.
 *
 * <p>Safe for concurrent use.
 */
final class KvStoragePool implements AutoCloseable {
  /** Storages are made in multiples of this many positions, so that they fit more than one use. */
  private static final int STEP = 256;

  /** How many unused storages are kept: enough for a few sessions side by side. */
  private static final int MAX_FREE = 4;

  private final DecoderShape shape;
  private final Deque<KvStorage> free = new ArrayDeque<>();
  private boolean closed;

  KvStoragePool(DecoderShape shape) {
    this.shape = shape;
  }

  /**
   * Returns storage for at least {@code needed} positions, which the caller gives back.
   *
   * @param needed positions needed now
   * @param limit positions that will ever be needed, ≥ {@code needed}
   */
  KvStorage acquire(int needed, int limit) {
    int wanted = Math.min(limit, (needed + STEP - 1) / STEP * STEP);
    synchronized (this) {
      for (Iterator<KvStorage> it = free.iterator(); it.hasNext(); ) {
        KvStorage candidate = it.next();
        // Attention's working memory grows with the room, so far too much of it is no gift.
        if (candidate.positions() >= needed && candidate.positions() <= 2L * wanted) {
          it.remove();
          return candidate;
        }
      }
    }
    return KvStorage.allocate(shape, wanted);
  }

  /** Takes storage back. */
  void release(KvStorage storage) {
    List<KvStorage> surplus = new ArrayList<>();
    synchronized (this) {
      free.addFirst(storage);
      int kept = closed ? 0 : MAX_FREE;
      while (free.size() > kept) {
        surplus.add(free.removeLast());
      }
    }
    surplus.forEach(KvStorage::close);
  }

  /** Lets go of everything that is free now or comes back later. */
  @Override
  public void close() {
    List<KvStorage> surplus;
    synchronized (this) {
      closed = true;
      surplus = new ArrayList<>(free);
      free.clear();
    }
    surplus.forEach(KvStorage::close);
  }
}
