package io.github.llavamed.tokenizer.internal;

import java.util.ArrayList;
import java.util.List;

/**
 * The pre-tokenizer that writes spaces as a visible character and may put one in front.
 *
 * <p>Immutable.
 *
 * @param replacement what stands for a space
 * @param scheme where one is put in front of text that does not begin with one
 * @param split whether the text is cut in front of each of them
 */
record Metaspace(String replacement, Scheme scheme, boolean split) {
  /** Where a space is put in front. */
  enum Scheme {
    /** Nowhere. */
    NEVER,
    /** At the beginning of the whole text only. */
    FIRST,
    /** At the beginning of each part. */
    ALWAYS
  }

  /** Returns the parts of a part of a text. */
  List<String> apply(String part, boolean first) {
    String text = part.replace(" ", replacement);
    boolean prepends = scheme == Scheme.ALWAYS || (scheme == Scheme.FIRST && first);
    if (prepends && !text.startsWith(replacement)) {
      text = replacement + text;
    }
    if (!split) {
      return List.of(text);
    }
    List<String> parts = new ArrayList<>();
    int start = 0;
    for (int at = text.indexOf(replacement, 1); at >= 0; at = text.indexOf(replacement, at + 1)) {
      parts.add(text.substring(start, at));
      start = at;
    }
    parts.add(text.substring(start));
    return parts;
  }
}
