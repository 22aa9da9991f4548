package io.github.llavamed.eval.notebook;

import java.util.Optional;

/** Parses a text into a dependency tree; the library has no parser of its own. */
public interface SentenceParser {
  /** Returns the root of the first sentence; empty if the text has none. */
  Optional<ParsedWord> firstSentence(String text);
}
