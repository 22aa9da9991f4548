package io.github.llavamed.generation;

/** When a beam search with enough complete answers ends, {@code early_stopping} of transformers. */
public enum EarlyStopping {
  /** When the best open beam, were it complete now, would not be better than the worst answer. */
  FALSE("false"),
  /** At once. */
  TRUE("true"),
  /** When no open beam can become better, whatever its length. */
  NEVER("never");

  private final String id;

  EarlyStopping(String id) {
    this.id = id;
  }

  /** Returns the word for files and command lines. */
  public String id() {
    return id;
  }
}
