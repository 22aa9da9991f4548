package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.onnx.internal.model.DecoderShape;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * Hands out cache storage and keeps a little that came back, because direct memory is freed only
 * when the garbage collector gets to it.
 *
 * <p>Safe for concurrent use.
 */
final class KvStoragePool implements AutoCloseable {
  /** Storages are made in multiples of this many positions, so that they fit more than one use. */
  private static final int STEP = 256;

  /** How many unused storages of one sequence are kept: enough for a few sessions side by side. */
  private static final int MAX_FREE = 4;

  /** How many unused storages of several sequences are kept. */
  private static final int MAX_FREE_BATCHES = 1;

  private final DecoderShape shape;
  private final Deque<KvStorage> free = new ArrayDeque<>();
  private final Deque<KvStorage> freeBatches = new ArrayDeque<>();
  private boolean closed;

  KvStoragePool(DecoderShape shape) {
    this.shape = shape;
  }

  /** Returns the sizes of the decoder. */
  DecoderShape shape() {
    return shape;
  }

  /**
   * Returns storage of one sequence of at least {@code needed} positions, which the caller gives
   * back.
   *
   * @param needed positions needed now
   * @param limit positions that will ever be needed, ≥ {@code needed}
   */
  KvStorage acquire(int needed, int limit) {
    return acquire(free, 1, needed, limit);
  }

  /**
   * Returns storage of at least {@code slots} sequences of at least {@code needed} positions, which
   * the caller gives back.
   *
   * @param needed positions needed now
   * @param limit positions that will ever be needed, ≥ {@code needed}
   */
  KvStorage acquireBatch(int slots, int needed, int limit) {
    return acquire(freeBatches, slots, needed, limit);
  }

  private KvStorage acquire(Deque<KvStorage> from, int slots, int needed, int limit) {
    int wanted = Math.min(limit, (needed + STEP - 1) / STEP * STEP);
    synchronized (this) {
      for (Iterator<KvStorage> it = from.iterator(); it.hasNext(); ) {
        KvStorage candidate = it.next();
        // Attention's working memory grows with the room, so far too much of it is no gift.
        if (candidate.slots() >= slots
            && candidate.positions() >= needed
            && candidate.positions() <= 2L * wanted) {
          it.remove();
          return candidate;
        }
      }
    }
    return KvStorage.allocate(shape, slots, wanted);
  }

  /** Takes storage of one sequence back. */
  void release(KvStorage storage) {
    release(free, storage, MAX_FREE);
  }

  /** Takes storage of several sequences back. */
  void releaseBatch(KvStorage storage) {
    release(freeBatches, storage, MAX_FREE_BATCHES);
  }

  private void release(Deque<KvStorage> to, KvStorage storage, int most) {
    List<KvStorage> surplus = new ArrayList<>();
    synchronized (this) {
      to.addFirst(storage);
      int kept = closed ? 0 : most;
      while (to.size() > kept) {
        surplus.add(to.removeLast());
      }
    }
    surplus.forEach(KvStorage::close);
  }

  /** Returns the memory of storages of several sequences that nobody uses. */
  synchronized long freeBatchBytes() {
    return freeBatches.stream().mapToLong(KvStorage::bytes).sum();
  }

  /** Lets go of everything that is free now or comes back later. */
  @Override
  public void close() {
    List<KvStorage> surplus;
    synchronized (this) {
      closed = true;
      surplus = new ArrayList<>(free);
      surplus.addAll(freeBatches);
      free.clear();
      freeBatches.clear();
    }
    surplus.forEach(KvStorage::close);
  }
}
