package io.github.llavamed.demo.dataset;

import io.github.llavamed.demo.phantom.Modality;

/**
 * Which seeds belong to which part of a data set; no two parts share one.
 *
 * @param base added to every seed but those of the test, which is the same for all
 */
record PhantomSeeds(long base) {
  /** Larger than any offset below, so that data sets of different seeds have nothing in common. */
  private static final long SPAN = 10_000_000_000L;

  private static final long TOKENIZER = 77_000_000;
  private static final long TOWER = 100_000_000;
  private static final long DIALOGUES = 200_000_000;
  private static final long IMAGES = 300_000_000;
  private static final long CAPTIONS = 320_000_000;
  private static final long INSTRUCTIONS = 330_000_000;
  private static final long QUESTIONS = 340_000_000;
  private static final long TEST_IMAGES = 900_000_000;
  private static final long TEST_QUESTIONS = 910_000_000;

  static PhantomSeeds of(long seed) {
    return new PhantomSeeds(Math.multiplyExact(seed, SPAN));
  }

  long tokenizer(int index) {
    return base + TOKENIZER + index;
  }

  long tower(int index) {
    return base + TOWER + index;
  }

  long dialogue(int index) {
    return base + DIALOGUES + index;
  }

  long image(int index) {
    return base + IMAGES + index;
  }

  long caption(int index) {
    return base + CAPTIONS + index;
  }

  long instruction(int index) {
    return base + INSTRUCTIONS + index;
  }

  long questions(int index) {
    return base + QUESTIONS + index;
  }

  static long testImage(int index) {
    return TEST_IMAGES + index;
  }

  static long testQuestions(int index) {
    return TEST_QUESTIONS + index;
  }

  /** Returns the modality of an image: all four take turns. */
  static Modality modality(int index) {
    return Modality.values()[index % Modality.values().length];
  }
}
