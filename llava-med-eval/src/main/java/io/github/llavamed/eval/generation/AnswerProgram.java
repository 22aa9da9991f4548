package io.github.llavamed.eval.generation;

import io.github.llavamed.conversation.Release;
import java.util.Set;

/** The original's answer generating programs, which differ in small things. */
public enum AnswerProgram {
  /** {@code model_vqa.py}: visual chat questions, JSON lines. */
  MODEL_VQA("simple", "vicuna_v1", Set.of("simple", "simple_legacy")),
  /** {@code model_vqa_med.py}: medical questions, one JSON array. */
  MODEL_VQA_MED("simple", "mistral_instruct", Set.of("simple_legacy")),
  /** {@code model_vqa_science.py}: ScienceQA, one JSON array. */
  MODEL_VQA_SCIENCE("simple", "mistral_instruct", Set.of("simple_legacy")),
  /** {@code run_llava.py}: one question about one image. */
  RUN_LLAVA("multimodal", "mistral_instruct", Set.of()),
  /** {@code model_qa.py}: questions without images, JSON lines. */
  MODEL_QA("default", "mistral_instruct", Set.of());

  private final String v10Template;
  private final String v15Template;
  private final Set<String> prefixModes;

  AnswerProgram(String v10Template, String v15Template, Set<String> prefixModes) {
    this.v10Template = v10Template;
    this.v15Template = v15Template;
    this.prefixModes = prefixModes;
  }

  /** Returns the name of the conversation template that the program takes by default. */
  public String defaultTemplate(Release release) {
    return release == Release.V1_0 ? v10Template : v15Template;
  }

  /** Returns whether leading role names are removed from answers in a v1.0 template. */
  boolean removesPrefixes(String template) {
    return this == RUN_LLAVA || prefixModes.contains(template);
  }

  /** Returns whether questions come as conversations in one JSON array. */
  boolean readsConversations() {
    return this == MODEL_VQA_MED || this == MODEL_VQA_SCIENCE;
  }
}
