package io.github.llavamed.tokenizer.internal;

import java.util.Arrays;
import java.util.List;

/** Finds the id of a piece by its bytes inside a larger array. Immutable. */
final class PieceTable {
  private final byte[][] keys; // by slot
  private final int[] ids; // by slot
  private final int mask;
  private final int longest;

  /** Creates the table of pieces whose ids are their places in the list; each occurs once. */
  PieceTable(List<String> pieces) {
    int capacity = Integer.highestOneBit(Math.max(pieces.size(), 4)) << 2;
    keys = new byte[capacity][];
    ids = new int[capacity];
    mask = capacity - 1;
    int max = 0;
    for (int id = 0; id < pieces.size(); id++) {
      byte[] key = Utf8.encode(pieces.get(id));
      int slot = hash(key, 0, key.length) & mask;
      while (keys[slot] != null) {
        slot = (slot + 1) & mask;
      }
      keys[slot] = key;
      ids[slot] = id;
      max = Math.max(max, key.length);
    }
    longest = max;
  }

  /** Returns the id of the piece that these bytes spell, -1 if there is none. */
  int find(byte[] bytes, int from, int to) {
    if (to - from > longest) {
      return -1;
    }
    int slot = hash(bytes, from, to) & mask;
    while (keys[slot] != null) {
      if (Arrays.equals(keys[slot], 0, keys[slot].length, bytes, from, to)) {
        return ids[slot];
      }
      slot = (slot + 1) & mask;
    }
    return -1;
  }

  private static int hash(byte[] bytes, int from, int to) {
    int hash = 0x811C9DC5;
    for (int i = from; i < to; i++) {
      hash = (hash ^ bytes[i]) * 0x01000193;
    }
    return hash ^ (hash >>> 15);
  }
}
