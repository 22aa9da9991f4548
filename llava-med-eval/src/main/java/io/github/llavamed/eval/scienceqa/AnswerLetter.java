package io.github.llavamed.eval.scienceqa;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the letter that an answer names. Thread-safe. */
public final class AnswerLetter {
  /** What the original writes where no letter is found. */
  public static final String FAILED = "FAILED";

  /** One character behind the letter is needed, whatever it is, but for a line end. */
  private static final Pattern ANSWER = Pattern.compile("The answer is ([A-Z])[^\n]");

  private AnswerLetter() {}

  /** Returns the letter if {@code The answer is X.} occurs exactly once. */
  public static Optional<String> parse(String text) {
    Matcher matcher = ANSWER.matcher(text);
    if (!matcher.find()) {
      return Optional.empty();
    }
    String letter = matcher.group(1);
    return matcher.find() ? Optional.empty() : Optional.of(letter);
  }

  /** Returns the letter, or {@link #FAILED}. */
  static String text(String answer) {
    return parse(answer).orElse(FAILED);
  }
}
