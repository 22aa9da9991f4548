package io.github.llavamed.training;

/**
 * Which defects of the original trainer are reproduced instead of mended. Immutable.
 *
 * @param legacyImageCursor the images of a batch are dealt out by the original's running cursor,
 *     which text-only samples do not advance
 * @param legacyLastImageOnly of several image places in a sample only the last is filled
 * @param legacyIgnorePretrainedProjector of an adapter file only the marker rows are loaded
 * @param legacyTextOnlyGradients with only the projector and markers trained, samples without image
 *     train the rows of all their tokens
 * @param legacyLlamaPathBos with version v0, a start whose path contains {@code llama} begins its
 *     samples with the end token
 * @param legacyResumePosition a resumed run starts where whole steps would end, although
 *     micro-batches were carried over between epochs
 * @param suppressPadEmbeddingGradient the embedding row of the configuration's padding id gets no
 *     gradient where the vocabulary was not resized
 * @param legacyUncheckedSamples samples without an answer, and those that say {@code <image>} but
 *     have none, are trained as they stand
 * @param float16Tower the tower's weights are rounded to float16 first
 */
public record TrainingQuirks(
    boolean legacyImageCursor,
    boolean legacyLastImageOnly,
    boolean legacyIgnorePretrainedProjector,
    boolean legacyTextOnlyGradients,
    boolean legacyLlamaPathBos,
    boolean legacyResumePosition,
    boolean suppressPadEmbeddingGradient,
    boolean legacyUncheckedSamples,
    boolean float16Tower) {
  /** Every defect mended; the default. */
  public static final TrainingQuirks NONE =
      new TrainingQuirks(false, false, false, false, false, false, false, false, false);

  /** Every defect reproduced: the numbers of the original. */
  public static final TrainingQuirks ALL =
      new TrainingQuirks(true, true, true, true, true, true, true, true, true);

  /** Returns these quirks with the tower rounded to float16, or not. */
  public TrainingQuirks withFloat16Tower(boolean rounded) {
    return new TrainingQuirks(
        legacyImageCursor,
        legacyLastImageOnly,
        legacyIgnorePretrainedProjector,
        legacyTextOnlyGradients,
        legacyLlamaPathBos,
        legacyResumePosition,
        suppressPadEmbeddingGradient,
        legacyUncheckedSamples,
        rounded);
  }
}
