package io.github.llavamed.training;

/** How turns become text, labels and padding: the original's {@code --version}. */
public enum TextVersion {
  /** {@code ### Human: …} turns; padding is a token of its own. All published v1.0 training. */
  V0("v0"),
  /** {@code USER: … ASSISTANT: …} turns; padding is the unknown token. */
  V1("v1"),
  /** {@code [INST] … [/INST] …} turns: v1.5 and Hugging Face checkpoints. */
  MISTRAL_INSTRUCT("mistral_instruct");

  private final String id;

  TextVersion(String id) {
    this.id = id;
  }

  /** Returns the name that users type. */
  public String id() {
    return id;
  }
}
