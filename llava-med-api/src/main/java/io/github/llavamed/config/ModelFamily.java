package io.github.llavamed.config;

/** The three families of checkpoints on disk. */
public enum ModelFamily {
  /** LLaVA-Med v1.0.0: LLaMA decoder, image patch ids in the token stream. */
  LLAVA_V1_0("v1.0"),
  /** LLaVA-Med v1.5: Mistral decoder, one sentinel id per image. */
  LLAVA_V1_5("v1.5"),
  /** {@code LlavaForConditionalGeneration} of Hugging Face, LLaMA or Mistral decoder. */
  HF_LLAVA("hf");

  private final String id;

  ModelFamily(String id) {
    this.id = id;
  }

  /** Returns the name that users type: {@code v1.0}, {@code v1.5} or {@code hf}. */
  public String id() {
    return id;
  }
}
