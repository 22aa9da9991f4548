package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.ConstraintException;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Allows the ids that one of several texts is encoded to. */
final class ChoiceTokens implements AllowedTokens {
  private final Node root = new Node();

  /** A beginning of some texts, and what follows it. */
  private static final class Node {
    private final Map<Integer, Node> next = new TreeMap<>();
    private boolean complete;
  }

  ChoiceTokens(List<String> texts, Tokenizer tokenizer) {
    for (String text : texts) {
      int[] ids = tokenizer.encode(text, false);
      String back = tokenizer.decode(ids, true);
      if (!back.equals(text)) {
        throw new ConstraintException(
            ("choice '%s': this tokenizer reads it as '%s'; write it as the model would answer it,"
                    + " without white space at its ends")
                .formatted(text, back));
      }
      Node node = root;
      for (int id : ids) {
        node = node.next.computeIfAbsent(id, any -> new Node());
      }
      node.complete = true;
    }
  }

  @Override
  public BitSet after(int[] newIds) {
    BitSet allowed = new BitSet();
    Node node = node(newIds);
    if (node != null) {
      node.next.keySet().forEach(allowed::set);
    }
    return allowed;
  }

  @Override
  public boolean mayEndAfter(int[] newIds) {
    Node node = node(newIds);
    return node != null && node.complete;
  }

  private @Nullable Node node(int[] newIds) {
    Node node = root;
    for (int i = 0; i < newIds.length && node != null; i++) {
      node = node.next.get(newIds[i]);
    }
    return node;
  }
}
