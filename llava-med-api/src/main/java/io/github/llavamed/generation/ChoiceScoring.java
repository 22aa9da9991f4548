package io.github.llavamed.generation;

/** How the log-probabilities of a choice's tokens become one number. */
public enum ChoiceScoring {
  /** Their sum: the log-probability of the choice. Prefers short choices. */
  SUM("sum"),
  /** Their mean, so that long and short choices compare. */
  MEAN("mean");

  private final String id;

  ChoiceScoring(String id) {
    this.id = id;
  }

  /** Returns the word for files and command lines. */
  public String id() {
    return id;
  }
}
