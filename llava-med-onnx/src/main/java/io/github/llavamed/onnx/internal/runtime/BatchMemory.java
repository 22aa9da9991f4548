package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.onnx.internal.host.Memory;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Divides the memory there is among the batches of a backend, so that none runs out of it on its
 * way.
 *
 * <p>A batch may take half of what nobody uses or has been promised: its cache is copied when it
 * grows, and single sequences need some, too. Safe for concurrent use.
 */
final class BatchMemory {
  private static final Logger LOG = LoggerFactory.getLogger(BatchMemory.class);
  private static final int SHARE = 2;

  private final KvStoragePool pool;
  private long promised;
  private boolean said;

  BatchMemory(KvStoragePool pool) {
    this.pool = pool;
  }

  /**
   * Promises memory, to be given back by {@link #giveBack}.
   *
   * @param slots sequences wanted, ≥ 1
   * @param capacity positions of each, ≥ 1
   * @return how many sequences the memory is promised for, at least one
   */
  synchronized int promise(int slots, int capacity) {
    DecoderShape shape = pool.shape();
    long each = KvStorage.bytes(shape, capacity);
    long unused = Memory.unusedDirect() + pool.freeBatchBytes();
    long free = Math.min(unused, Memory.available().orElse(Long.MAX_VALUE));
    long room = Math.max(0, free - promised) / SHARE;
    long fitting = Math.min(room / each, KvStorage.mostSlots(shape, capacity));
    int granted = (int) Math.max(1, Math.min(slots, fitting));
    if (granted < slots && !said) {
      said = true;
      LOG.info(
          "{} instead of {} sequences decode in one step: each may need {} MiB of direct memory, of"
              + " which {} MiB are free; allow more with -XX:MaxDirectMemorySize",
          granted,
          slots,
          each >> 20,
          free >> 20);
    }
    promised += granted * each;
    return granted;
  }

  /** Gives back what was promised for so many sequences. */
  synchronized void giveBack(int slots, int capacity) {
    promised -= slots * KvStorage.bytes(pool.shape(), capacity);
  }
}
