package io.github.llavamed.training;

/** How turns become text, labels and padding: the original's {@code --version}. */
public enum TextVersion {
  /** {@code ### Human: …} turns; padding is a token of its own. All published v1.0 training. */
  V0("v0"),
  /** {@code vicuna_v1_1} turns; padding is the unknown token. */
  V1("v1");

  private final String id;

  TextVersion(String id) {
    this.id = id;
  }

  /** Returns the name that users type. */
  public String id() {
    return id;
  }
}
