package io.github.llavamed.eval.notebook;

import java.util.Optional;

/**
 * The root verb of a sentence and its direct object. Immutable.
 *
 * @param verb base form of the verb
 * @param noun base form of the object, empty if it has none
 */
public record RootVerb(String verb, Optional<String> noun) {
  /** Looks at the root, then at its first child only, and so on, until there is a verb. */
  public static Optional<RootVerb> of(ParsedWord root) {
    ParsedWord word = root;
    while (!word.pos().equals("VERB")) {
      if (word.children().isEmpty()) {
        return Optional.empty();
      }
      word = word.children().get(0);
    }
    Optional<String> noun =
        word.children().stream()
            .filter(child -> child.dep().equals("dobj") && child.pos().equals("NOUN"))
            .map(ParsedWord::lemma)
            .findFirst();
    return Optional.of(new RootVerb(word.lemma(), noun));
  }
}
