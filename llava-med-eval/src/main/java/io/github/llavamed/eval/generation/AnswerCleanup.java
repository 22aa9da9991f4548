package io.github.llavamed.eval.generation;

import io.github.llavamed.eval.internal.python.PythonText;
import java.util.List;

/** Removes from a generated text what the original's programs remove. Thread-safe. */
public final class AnswerCleanup {
  /** In the order of {@code llava/eval/model_vqa.py} at v1.0.0. */
  private static final List<String> PREFIXES = List.of("###", "Assistant:", "Response:");

  /** What {@code llava/eval/model_qa.py} takes the start of an answer to be. */
  private static final String ASSISTANT = "Assistant: ";

  private AnswerCleanup() {}

  /** Removes separators and role names at the start, however often they are repeated. */
  public static String removePrefixes(String text) {
    String rest = text;
    int before;
    do {
      before = rest.length();
      rest = PythonText.strip(rest);
      for (String prefix : PREFIXES) {
        if (rest.startsWith(prefix)) {
          rest = PythonText.strip(rest.substring(prefix.length()));
        }
      }
    } while (rest.length() != before);
    return rest;
  }

  /**
   * Cuts at the first separator and strips; the beginning of a separator at the end goes too.
   *
   * @param separator not empty
   */
  public static String cut(String text, String separator) {
    return PythonText.strip(beforeSeparator(text, separator));
  }

  /** As the original, finds the separator that it has appended itself if there is no other. */
  private static String beforeSeparator(String text, String separator) {
    String ended = text + separator;
    return ended.substring(0, ended.indexOf(separator));
  }

  /**
   * Takes the answer out of prompt and answer together and leaves out as many characters as {@code
   * Assistant: } has, whatever they are.
   *
   * @param sequence prompt and answer
   * @param promptLength code points of the prompt
   */
  public static String afterPrompt(String sequence, int promptLength, String separator) {
    int prompt = Math.min(promptLength, sequence.codePointCount(0, sequence.length()));
    String tail = sequence.substring(sequence.offsetByCodePoints(0, prompt));
    String answer = beforeSeparator(tail, separator);
    int skipped = Math.min(ASSISTANT.length(), answer.codePointCount(0, answer.length()));
    return PythonText.strip(answer.substring(answer.offsetByCodePoints(0, skipped)));
  }

  /** Takes the answer out and leaves out {@code Assistant:} only where it stands. */
  static String afterPromptChecked(String sequence, int promptLength, String separator) {
    int prompt = Math.min(promptLength, sequence.codePointCount(0, sequence.length()));
    String tail = PythonText.strip(sequence.substring(sequence.offsetByCodePoints(0, prompt)));
    String role = PythonText.strip(ASSISTANT);
    String answer = tail.startsWith(role) ? tail.substring(role.length()) : tail;
    return cut(answer, separator);
  }
}
