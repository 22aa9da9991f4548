package io.github.llavamed.inference;

import java.util.List;

/**
 * Every intermediate result of one forward pass.
 *
 * @param imageFeatures per image the selected tower layer, before the projector // [p, vision]
 * @param projected per image the projector's output // [p, c]
 * @param inputsEmbeds the spliced embeddings // [s, c]
 * @param logits of every position // [s, v]
 */
public record ForwardTrace(
    List<Matrix> imageFeatures, List<Matrix> projected, Matrix inputsEmbeds, Matrix logits) {
  /** Copies the lists. */
  public ForwardTrace {
    imageFeatures = List.copyOf(imageFeatures);
    projected = List.copyOf(projected);
  }

  /**
   * A row-major matrix; the array is owned by it and must not be changed.
   *
   * @param values {@code rows * columns} values
   * @param rows number of rows
   * @param columns number of columns
   */
  @SuppressWarnings("ArrayRecordComponent")
  public record Matrix(float[] values, int rows, int columns) {}
}
