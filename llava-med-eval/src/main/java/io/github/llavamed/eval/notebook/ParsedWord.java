package io.github.llavamed.eval.notebook;

import java.util.List;

/**
 * A word in the dependency tree of a sentence, as a parser plugged in by the caller gives it.
 * Immutable.
 *
 * @param pos universal part of speech, for example {@code VERB}
 * @param lemma base form
 * @param dep relation to the parent, for example {@code dobj}
 * @param children in the order of the sentence
 */
public record ParsedWord(String pos, String lemma, String dep, List<ParsedWord> children) {
  /** Copies the list. */
  public ParsedWord {
    children = List.copyOf(children);
  }
}
