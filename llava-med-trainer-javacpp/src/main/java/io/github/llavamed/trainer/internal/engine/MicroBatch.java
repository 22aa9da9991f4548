package io.github.llavamed.trainer.internal.engine;

import java.util.List;

/**
 * One micro-batch, ready for the model; still plain Java. The arrays must not be changed.
 *
 * @param inputIds ids, padded on the right // [b, s]
 * @param labels the id that each place should be, or -100 // [b, s]
 * @param attentionMask false for padding // [b, s]
 * @param images the images; may be empty
 * @param imageSize side of the images in pixels
 * @param spans where images go
 * @param gradientRows whole samples whose embeddings are trained, when only some are // [b]
 */
@SuppressWarnings("ArrayRecordComponent") // rectangles of numbers, compared by identity on purpose
public record MicroBatch(
    int[][] inputIds,
    int[][] labels,
    boolean[][] attentionMask,
    List<BatchImage> images,
    int imageSize,
    List<ImageSpan> spans,
    boolean[] gradientRows) {
  /** Copies the lists. */
  public MicroBatch {
    images = List.copyOf(images);
    spans = List.copyOf(spans);
  }

  /** Returns the number of places of each row. */
  public int length() {
    return inputIds[0].length;
  }

  /** Returns the number of labels that the loss counts: the first place is never predicted. */
  public int trainedTokens() {
    int count = 0;
    for (int[] row : labels) {
      for (int i = 1; i < row.length; i++) {
        if (row[i] >= 0) {
          count++;
        }
      }
    }
    return count;
  }

  /** Returns the number of places that are not padding. */
  public int tokens() {
    int count = 0;
    for (boolean[] row : attentionMask) {
      for (boolean real : row) {
        count += real ? 1 : 0;
      }
    }
    return count;
  }

  /**
   * A place that an image's features take.
   *
   * @param row the sample in the batch
   * @param start the first place
   * @param image the image in the batch
   * @param rows number of feature rows
   * @param marked whether markers stand before and after it
   */
  public record ImageSpan(int row, int start, int image, int rows, boolean marked) {}
}
