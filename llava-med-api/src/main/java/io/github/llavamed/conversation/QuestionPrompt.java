package io.github.llavamed.conversation;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.conversation.internal.PythonText;
import java.util.List;

/**
 * The prompt of a single question, formed as the family's own evaluator forms it. Immutable.
 *
 * <p>v1.0: question, then each image on a line of its own; only the user's turn is appended, so the
 * model itself writes {@code Assistant: …} (its published scores were made so). v1.5 and Hugging
 * Face: the images first, each followed by a line feed, then the question; the assistant's turn is
 * opened.
 *
 * @param text the exact prompt text, one {@code <image>} per image
 * @param imageCount number of images, ≥ 0
 * @param template the template that was used
 * @param stopStrings texts that end the answer, none of them empty; maybe no text at all
 */
public record QuestionPrompt(
    String text, int imageCount, ConversationTemplate template, List<String> stopStrings) {
  private static final String IMAGE = "<image>";
  private static final String MARKED_IMAGE = "<im_start><image><im_end>";

  /** The template whose user turns end in {@link #RESPONSE_HEADER}. */
  private static final String LEGACY_TEMPLATE = "simple_conv_legacy";

  private static final String RESPONSE_HEADER = "\n\n### Response:";

  /** Copies the list. */
  public QuestionPrompt {
    stopStrings = List.copyOf(stopStrings);
  }

  /**
   * Returns the prompt of a question.
   *
   * @param config decides family and marker tokens
   * @param template the form, see {@link ConversationTemplates#defaultTemplate}
   * @param question the bare question; {@code <image>} in it and white space around it are removed,
   *     as the medical evaluators do
   * @param imageCount number of images, ≥ 0
   * @throws InvalidConversationException if there is neither question nor image
   */
  public static QuestionPrompt of(
      LlavaConfig config, ConversationTemplate template, String question, int imageCount) {
    String message = userMessage(config, template, question, imageCount);
    return ofMessage(config.family(), template, message, imageCount);
  }

  /**
   * Returns the prompt of a user turn that is already formed.
   *
   * @param message the user's turn as it shall stand in the prompt, its images included
   */
  public static QuestionPrompt ofMessage(
      ModelFamily family, ConversationTemplate template, String message, int imageCount) {
    Conversation conversation = Conversation.of(template).append(Role.USER, message);
    if (Release.of(family) == Release.V1_5) {
      conversation.append(Role.ASSISTANT, null);
    }
    List<String> stops = StopStringRule.WEB_SERVER.of(template).stream().toList();
    return new QuestionPrompt(conversation.prompt(), imageCount, template, stops);
  }

  /**
   * Returns the user's turn for a question about images, for use in a longer conversation too.
   *
   * @throws InvalidConversationException if there is neither question nor image
   */
  public static String userMessage(
      LlavaConfig config, ConversationTemplate template, String question, int imageCount) {
    if (imageCount < 0) {
      throw new IllegalArgumentException("image count: expected 0 or more, found " + imageCount);
    }
    String text = PythonText.strip(question.replace(IMAGE, ""));
    if (text.isEmpty() && imageCount == 0) {
      throw new InvalidConversationException("expected a question or an image, found neither");
    }
    if (config.family() == ModelFamily.LLAVA_V1_0) {
      String tail = template.id().equals(LEGACY_TEMPLATE) ? RESPONSE_HEADER : "";
      return text + ("\n" + IMAGE).repeat(imageCount) + tail;
    }
    String image = config.mmUseImStartEnd() ? MARKED_IMAGE : IMAGE;
    return (image + "\n").repeat(imageCount) + text;
  }
}
