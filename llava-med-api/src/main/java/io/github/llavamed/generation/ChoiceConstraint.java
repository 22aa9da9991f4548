package io.github.llavamed.generation;

import java.util.List;

/**
 * Allows one of several texts.
 *
 * @param texts at least one, none empty
 */
public record ChoiceConstraint(List<String> texts) implements OutputConstraint {
  /**
   * Copies and checks the list.
   *
   * @throws IllegalArgumentException if there is no text, or one is empty
   */
  public ChoiceConstraint {
    texts = List.copyOf(texts);
    if (texts.isEmpty() || texts.contains("")) {
      throw new IllegalArgumentException(
          "choices: expected one or more texts, none empty, found " + texts);
    }
  }

  @Override
  public boolean isMatchedBy(String text) {
    return texts.contains(text);
  }
}
