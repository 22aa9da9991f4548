package io.github.llavamed.tokenizer.internal;

/** One normaliser of a {@code tokenizer.json}. Immutable. */
sealed interface TextStep {
  /** Returns the changed text. */
  String apply(String text);

  /** Puts text in front of what is not empty. */
  record Prepend(String prefix) implements TextStep {
    @Override
    public String apply(String text) {
      return text.isEmpty() ? text : prefix + text;
    }
  }

  /** Replaces every occurrence of a literal text. */
  record Replace(String pattern, String content) implements TextStep {
    @Override
    public String apply(String text) {
      return text.replace(pattern, content);
    }
  }
}
