package io.github.llavamed.tokenizer;

/**
 * A token that a tokenizer keeps whole and that may lie outside the vocabulary of its model.
 *
 * <p>Immutable. The fields are those of the {@code added_tokens} entries of a {@code
 * tokenizer.json}. The slow rules of v1.0 do not know them: there every added token strips white
 * space on both sides.
 *
 * @param content the literal text, not empty
 * @param special whether decoding may skip it
 * @param singleWord whether it is found only where no word character touches it
 * @param lstrip whether it swallows white space on its left
 * @param rstrip whether it swallows white space on its right
 * @param normalized whether a fast tokenizer looks for it in normalised text
 */
public record AddedToken(
    String content,
    boolean special,
    boolean singleWord,
    boolean lstrip,
    boolean rstrip,
    boolean normalized) {
  /** Checks that the content is not empty. */
  public AddedToken {
    if (content.isEmpty()) {
      throw new IllegalArgumentException("added token: expected some text, found an empty string");
    }
  }

  /** Returns a token that strips nothing; an ordinary one is looked for in normalised text. */
  public static AddedToken of(String content, boolean special) {
    return new AddedToken(content, special, false, false, false, !special);
  }
}
