package io.github.llavamed.internal;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.conversation.ConversationTemplate;
import io.github.llavamed.conversation.ConversationTemplates;
import io.github.llavamed.conversation.QuestionPrompt;
import java.util.List;
import java.util.Objects;

/**
 * The text that a request puts to the model. Immutable.
 *
 * @param text prompt text
 * @param stopStrings of the question's template, none for an exact prompt
 */
record RequestText(String text, List<String> stopStrings) {
  /** Returns the text of a request: its exact prompt, or its question in a template. */
  static RequestText of(GenerationRequest request, ModelParts parts) {
    if (request.prompt() != null) {
      return new RequestText(request.prompt(), List.of());
    }
    String name = request.template();
    ConversationTemplate template =
        name == null
            ? ConversationTemplates.bundled().defaultTemplate(parts.config().family())
            : parts.template(name);
    QuestionPrompt prompt =
        QuestionPrompt.of(
            parts.config(),
            template,
            Objects.requireNonNull(request.question()),
            request.images().size());
    return new RequestText(prompt.text(), prompt.stopStrings());
  }
}
