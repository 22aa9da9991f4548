package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.model.ModelMismatchException;
import io.github.llavamed.weights.FloatMatrix;
import io.github.llavamed.weights.NewRows;
import io.github.llavamed.weights.VocabularyInitialization;
import io.github.llavamed.weights.VocabularyInitializer;
import io.github.llavamed.weights.VocabularyOptions;
import org.jspecify.annotations.Nullable;

/**
 * Embedding and head of a start, with rows for the tokens that were added.
 *
 * @param made the two matrices, or null if they stay as they are stored
 * @param rows number of rows
 * @param resizedForPadding whether adding {@code [PAD]} changed the number of rows
 * @param resizedForImages whether adding image tokens changed it
 */
record StartVocabulary(
    @Nullable VocabularyInitialization made,
    int rows,
    boolean resizedForPadding,
    boolean resizedForImages) {
  /** Returns whether the matrices are new ones, without the start's padding row. */
  boolean resized() {
    return resizedForPadding || resizedForImages;
  }

  static StartVocabulary of(
      StartTokenizer tokens,
      TensorData embedding,
      TensorData head,
      @Nullable FloatMatrix adapter,
      double initializerRange,
      long seed) {
    int stored = Math.toIntExact(embedding.info().shape().dim(0));
    int start = tokens.startSize();
    int all = tokens.tokenizer().size();
    if (!tokens.padAdded() && !tokens.images() && stored < all) {
      throw new ModelMismatchException(
          "embedding: %d rows are too few for %d ids of the tokenizer".formatted(stored, all));
    }
    int afterPadding =
        tokens.padAdded() ? start + (tokens.known().containsKey("[PAD]") ? 0 : 1) : stored;
    boolean forPadding = tokens.padAdded() && afterPadding != stored;
    boolean forImages = tokens.images() && all != afterPadding;
    if (!forPadding && !forImages && adapter == null) {
      return new StartVocabulary(null, stored, false, false);
    }
    VocabularyOptions options =
        new VocabularyOptions(
            tokens.padAdded(),
            tokens.images(),
            tokens.markers(),
            tokens.markers() ? adapter : null);
    VocabularyInitialization made =
        new VocabularyInitializer(options, NewRows.normal(initializerRange, seed))
            .initialize(matrix(embedding), matrix(head), start, tokens.known());
    return new StartVocabulary(made, made.embedding().rows(), forPadding, forImages);
  }

  static FloatMatrix matrix(TensorData data) {
    return FloatMatrix.of(
        Math.toIntExact(data.info().shape().dim(0)),
        Math.toIntExact(data.info().shape().dim(1)),
        data.toFloats());
  }
}
