package io.github.llavamed.dataset;

/**
 * Identifier of a question, as the JSON value that it is in the data file.
 *
 * <p>The number 12 and the string "12" are different; the numbers 12 and 12.0 are equal. Immutable.
 *
 * @param text the characters of a string, or the canonical digits of a number
 * @param isText true for a JSON string
 */
public record SampleId(String text, boolean isText) {
  /** Returns the identifier that a JSON string gives. */
  public static SampleId of(String text) {
    return new SampleId(text, true);
  }

  /** Returns the identifier that a JSON integer gives. */
  public static SampleId of(long number) {
    return new SampleId(Long.toString(number), false);
  }

  /** Returns the characters or digits. */
  @Override
  public String toString() {
    return text;
  }
}
