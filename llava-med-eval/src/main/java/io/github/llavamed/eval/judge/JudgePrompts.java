package io.github.llavamed.eval.judge;

import io.github.llavamed.metric.JudgeMessage;
import java.util.List;

/**
 * The texts that the original sends to its judges, to the letter. Thread-safe.
 *
 * <p>Sources: {@code llava/openai_api.py} and {@code llava/eval/eval_multimodal_chat_gpt_score.py}
 * for the chat score, {@code llava/eval/eval_gpt_review*.py} for pairwise reviews.
 */
public final class JudgePrompts {
  /** The system message of the chat score; the apostrophe at its start is the original's. */
  public static final String CHAT_SYSTEM =
      "'You are a helpful and precise assistant for checking the quality of the answer.";

  /** The system message of pairwise reviews. */
  public static final String REVIEW_SYSTEM =
      "You are a helpful and precise assistant for checking the quality of the answer.";

  private static final List<String> CHAT_INSTRUCTION =
      List.of(
          "We would like to request your feedback on the performance of two AI assistants in"
              + " response to the user question displayed above. The user asks the question on"
              + " observing an image. For your reference, the visual content in the image is"
              + " represented with caption describing the same image.",
          "Please rate the helpfulness, relevance, accuracy, level of details of their responses."
              + " Each assistant receives an overall score on a scale of 1 to 10, where a higher"
              + " score indicates better overall performance.",
          "Please first output a single line containing only two values indicating the scores for"
              + " Assistant 1 and 2, respectively. The two scores are separated by a space. In the"
              + " subsequent line, please provide a comprehensive explanation of your evaluation,"
              + " avoiding any potential bias and ensuring that the order in which the responses"
              + " were presented does not affect your judgment.");

  private JudgePrompts() {}

  /** Returns the instruction of the chat score, whose indentation differs between releases. */
  public static String chatInstruction(ChatSummary.Version version) {
    String indent = version == ChatSummary.Version.V1_0 ? "    " : "  ";
    return String.join("\n" + indent, CHAT_INSTRUCTION);
  }

  /**
   * What the judge is told about one chat question. Immutable.
   *
   * @param caption label, colon, blank and caption of the figure
   * @param context text that mentions the figure
   * @param question the question
   * @param reference answer of text-only GPT-4
   * @param answer answer of the model
   */
  public record ChatCase(
      String caption, String context, String question, String reference, String answer) {}

  /** Returns the two messages that ask for the scores of a chat answer. */
  public static List<JudgeMessage> chat(ChatCase chat, ChatSummary.Version version) {
    String user =
        "[Context]\nFigure Caption:\n"
            + chat.caption()
            + "\n\nFigure Context:\n\t- "
            + chat.context()
            + "\n\n[Question]\n"
            + chat.question()
            + "\n\n"
            + answer("Assistant 1", chat.reference())
            + answer("Assistant 2", chat.answer())
            + "[System]\n"
            + chatInstruction(version)
            + "\n\n";
    return List.of(JudgeMessage.system(CHAT_SYSTEM), JudgeMessage.user(user));
  }

  /**
   * Returns the two messages that ask for a pairwise review.
   *
   * @param context captions and boxes of an image, or the empty text
   * @param role what the assistants are called
   * @param prompt the rule for this kind of question
   */
  public static List<JudgeMessage> review(
      String context, String question, List<String> answers, String role, String prompt) {
    String user =
        context
            + "[Question]\n"
            + question
            + "\n\n"
            + answer(role + " 1", answers.get(0))
            + answer(role + " 2", answers.get(1))
            + "[System]\n"
            + prompt
            + "\n\n";
    return List.of(JudgeMessage.system(REVIEW_SYSTEM), JudgeMessage.user(user));
  }

  private static String answer(String name, String text) {
    return "[" + name + "]\n" + text + "\n\n[End of " + name + "]\n\n";
  }
}
