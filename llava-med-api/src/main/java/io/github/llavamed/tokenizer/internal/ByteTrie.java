package io.github.llavamed.tokenizer.internal;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Finds the longest of some byte strings at a place. Immutable, safe for concurrent use. */
final class ByteTrie {
  private static final class Node {
    final Map<Byte, Node> children = new HashMap<>();
    boolean ends;
  }

  private final Node root = new Node();

  ByteTrie(List<String> symbols) {
    for (String symbol : symbols) {
      Node node = root;
      for (byte b : Utf8.encode(symbol)) {
        node = node.children.computeIfAbsent(b, key -> new Node());
      }
      node.ends = true;
    }
  }

  /** Returns the length of the longest symbol that begins here, 0 if none does. */
  int longest(byte[] text, int from, int end) {
    int length = 0;
    Node node = root.children.isEmpty() ? null : root;
    for (int i = from; node != null && i < end; i++) {
      node = node.children.get(text[i]);
      if (node != null && node.ends) {
        length = i + 1 - from;
      }
    }
    return length;
  }
}
