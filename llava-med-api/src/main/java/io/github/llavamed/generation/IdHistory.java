package io.github.llavamed.generation;

import java.util.Arrays;

/** A growing list of ids. Confined to one thread. */
final class IdHistory {
  private int[] ids = new int[64];
  private int size;

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, Math.multiplyExact(size, 2));
    }
    ids[size++] = id;
  }

  int size() {
    return size;
  }

  /** Returns the ids from a place on. */
  int[] from(int start) {
    return Arrays.copyOfRange(ids, start, size);
  }

  /** Returns whether the last ids are these; false if there are fewer. */
  boolean endsWith(int[] tail) {
    return tail.length <= size
        && Arrays.equals(ids, size - tail.length, size, tail, 0, tail.length);
  }
}
