package io.github.llavamed.conversation;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Which separator of a template ends an answer, by the kind of program that asks.
 *
 * <p>A result is never empty: where the original would stop at the empty string, and so after one
 * token, the second separator is taken. Nothing means that only the end token stops.
 */
public enum StopStringRule {
  /** Web servers and workers: {@code sep} for SINGLE and MPT, {@code sep2} for other styles. */
  WEB_SERVER {
    @Override
    @Nullable String pick(ConversationTemplate template) {
      return switch (template.sepStyle()) {
        case SINGLE, MPT -> template.sep();
        case TWO, LLAMA_2, PLAIN, MISTRAL -> template.sep2();
      };
    }
  },
  /**
   * Evaluators and command lines: {@code ###} in v1.0 whatever the template; in v1.5 {@code sep},
   * for TWO {@code sep2}.
   */
  EVALUATOR {
    @Override
    @Nullable String pick(ConversationTemplate template) {
      if (template.release() == Release.V1_0) {
        return V10_EVALUATOR_KEYWORD;
      }
      boolean second = template.sepStyle() == SeparatorStyle.TWO || template.sep().isEmpty();
      return second ? template.sep2() : template.sep();
    }
  };

  /** Written out in the original's evaluators, {@code llava/eval/model_vqa.py} at v1.0.0. */
  private static final String V10_EVALUATOR_KEYWORD = "###";

  abstract @Nullable String pick(ConversationTemplate template);

  /** Returns the stop string of a template; never an empty one. */
  public Optional<String> of(ConversationTemplate template) {
    return Optional.ofNullable(pick(template)).filter(stop -> !stop.isEmpty());
  }
}
