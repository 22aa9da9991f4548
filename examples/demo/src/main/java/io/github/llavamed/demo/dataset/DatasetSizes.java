package io.github.llavamed.demo.dataset;

/**
 * How large a data set is. Immutable.
 *
 * @param trainImages images to learn from, 1 or more
 * @param questionsPerImage questions about each of them, at most
 * @param dialogues text-only dialogues, 1 or more
 * @param testImages unseen images, 1 or more
 * @param questionsPerTestImage questions about each of them, at most
 * @param towerImages images that the vision tower learns from, 1 or more; they are not written
 */
public record DatasetSizes(
    int trainImages,
    int questionsPerImage,
    int dialogues,
    int testImages,
    int questionsPerTestImage,
    int towerImages) {
  /** The sizes that the embedded model was made with. */
  public static final DatasetSizes DEFAULT = new DatasetSizes(1500, 6, 16_000, 300, 3, 4000);

  /** Checks the ranges. */
  public DatasetSizes {
    check("trainImages", trainImages);
    check("questionsPerImage", questionsPerImage);
    check("dialogues", dialogues);
    check("testImages", testImages);
    check("questionsPerTestImage", questionsPerTestImage);
    check("towerImages", towerImages);
  }

  /** Returns these sizes with another test. */
  public DatasetSizes withTestImages(int value) {
    return new DatasetSizes(
        trainImages, questionsPerImage, dialogues, value, questionsPerTestImage, towerImages);
  }

  private static void check(String name, int value) {
    if (value < 1) {
      throw new IllegalArgumentException(name + ": expected 1 or more, found " + value);
    }
  }
}
