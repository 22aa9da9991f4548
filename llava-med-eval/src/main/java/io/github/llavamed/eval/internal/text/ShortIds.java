package io.github.llavamed.eval.internal.text;

import java.util.random.RandomGenerator;

/** Makes identifiers like those of the original: 22 characters that are not mistaken easily. */
public final class ShortIds {
  private static final String ALPHABET =
      "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz";

  private static final int LENGTH = 22;

  private ShortIds() {}

  /** Returns a random identifier. */
  public static String next(RandomGenerator random) {
    StringBuilder id = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      id.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return id.toString();
  }
}
