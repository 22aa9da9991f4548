package io.github.llavamed.generation;

import io.github.llavamed.tokenizer.Tokenizer;
import java.util.Arrays;

/** A growing list of ids. Confined to one thread. */
final class IdHistory {
  private int[] ids = new int[64];
  private int size;

  /** Returns an independent list with the same ids. */
  IdHistory copy() {
    IdHistory copy = new IdHistory();
    copy.ids = ids.clone();
    copy.size = size;
    return copy;
  }

  void add(int id) {
    if (size == ids.length) {
      ids = Arrays.copyOf(ids, Math.multiplyExact(size, 2));
    }
    ids[size++] = id;
  }

  int size() {
    return size;
  }

  /**
   * Returns the text of the ids from a place on, special tokens skipped. Embeddings may have more
   * rows than the tokenizer has ids; those have no text.
   */
  String text(int start, Tokenizer tokenizer) {
    int[] known = Arrays.stream(ids, start, size).filter(id -> id < tokenizer.size()).toArray();
    return tokenizer.decode(known, true);
  }

  /** Returns whether the last ids are these; false if there are fewer. */
  boolean endsWith(int[] tail) {
    return tail.length <= size
        && Arrays.equals(ids, size - tail.length, size, tail, 0, tail.length);
  }
}
