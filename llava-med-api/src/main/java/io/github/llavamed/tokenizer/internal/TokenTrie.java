package io.github.llavamed.tokenizer.internal;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Finds whole tokens in text. Immutable, safe for concurrent use. */
final class TokenTrie {
  private static final class Node {
    char[] keys = new char[0]; // sorted
    Node[] children = new Node[0];
    boolean ends;

    @Nullable Node child(char c) {
      int at = Arrays.binarySearch(keys, c);
      return at < 0 ? null : children[at];
    }

    Node childOrNew(char c) {
      int at = Arrays.binarySearch(keys, c);
      if (at >= 0) {
        return children[at];
      }
      int place = -at - 1;
      char[] moreKeys = Arrays.copyOf(keys, keys.length + 1);
      Node[] moreChildren = Arrays.copyOf(children, children.length + 1);
      System.arraycopy(keys, place, moreKeys, place + 1, keys.length - place);
      System.arraycopy(children, place, moreChildren, place + 1, children.length - place);
      Node child = new Node();
      moreKeys[place] = c;
      moreChildren[place] = child;
      keys = moreKeys;
      children = moreChildren;
      return child;
    }
  }

  /** A partial match: where it began and how far it got. */
  private static final class Match {
    final int start;
    Node node;
    boolean dead;

    Match(int start, Node node) {
      this.start = start;
      this.node = node;
    }
  }

  private final Node root = new Node();

  TokenTrie(Collection<String> tokens) {
    for (String token : tokens) {
      Node node = root;
      for (int i = 0; i < token.length(); i++) {
        node = node.childOrNew(token.charAt(i));
      }
      node.ends = true;
    }
  }

  /** Returns where the longest token that begins here ends, -1 if none begins here. */
  int longestMatch(String text, int from) {
    int end = -1;
    Node node = root;
    for (int i = from; i < text.length(); i++) {
      node = node.child(text.charAt(i));
      if (node == null) {
        break;
      }
      if (node.ends) {
        end = i + 1;
      }
    }
    return end;
  }

  /**
   * Cuts text at the tokens, as {@code Trie.split} of transformers 4.28.1 to 4.57.1 does; the
   * pieces join to the text.
   *
   * <p>Not the same as leftmost-longest: a token that ends first wins over one that begins earlier
   * but is not complete yet, unless looking ahead completes the earlier one.
   */
  List<String> split(String text) {
    List<Integer> offsets = new ArrayList<>();
    offsets.add(0);
    List<Match> matches = new ArrayList<>();
    int skip = 0;
    for (int current = 0; current < text.length(); current++) {
      if (current < skip) {
        continue;
      }
      char c = text.charAt(current);
      if (!matches.isEmpty()) {
        int found = advance(matches, c);
        if (found >= 0) {
          skip = Math.max(skip, complete(text, current, matches, found, offsets));
          matches.clear();
        }
      }
      Node first = current >= skip ? root.child(c) : null;
      if (first != null) {
        matches.add(new Match(current, first));
      }
    }
    for (Match match : matches) {
      if (match.node.ends) {
        offsets.add(match.start);
        offsets.add(text.length());
        break;
      }
    }
    return cut(text, offsets);
  }

  /**
   * Moves the partial matches over one character; stops at the first that is complete and returns
   * its place. If none is, drops those that cannot move and returns -1.
   */
  private static int advance(List<Match> matches, char c) {
    for (int i = 0; i < matches.size(); i++) {
      Match match = matches.get(i);
      if (match.node.ends) {
        return i; // those that could not move stay: the original looks ahead from them too
      }
      Node child = match.node.child(c);
      match.dead = child == null;
      if (child != null) {
        match.node = child;
      }
    }
    matches.removeIf(match -> match.dead);
    return -1;
  }

  /** Looks ahead for a longer or earlier token, stores the cut and returns where to go on. */
  private static int complete(
      String text, int current, List<Match> matches, int found, List<Integer> offsets) {
    int start = matches.get(found).start;
    int end = current;
    int skip = 0;
    for (int i = 0; i <= found; i++) {
      Match match = matches.get(i);
      if (match.start > start) {
        break;
      }
      // an earlier match has taken the current character already
      int ahead = match.start < start ? current + 1 : current;
      end = ahead;
      Node node = match.node;
      if (node.ends) {
        start = match.start;
        skip = ahead;
      }
      while (ahead < text.length()) {
        node = node.child(text.charAt(ahead));
        if (node == null) {
          break;
        }
        ahead++;
        if (node.ends) {
          start = match.start;
          end = ahead;
          skip = ahead;
        }
      }
    }
    offsets.add(start);
    offsets.add(end);
    return skip;
  }

  private static List<String> cut(String text, List<Integer> offsets) {
    offsets.add(text.length());
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int end : offsets) {
      if (end > start) {
        parts.add(text.substring(start, end));
        start = end;
      }
    }
    return parts;
  }
}
