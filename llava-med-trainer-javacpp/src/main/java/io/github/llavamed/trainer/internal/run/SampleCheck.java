package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.data.EncodedSample;
import io.github.llavamed.trainer.data.ImagePlaceholders;
import io.github.llavamed.trainer.data.InstructionSample;
import io.github.llavamed.training.InvalidTrainingDataException;
import java.util.Arrays;

/**
 * Refuses samples that would train something else than they seem to.
 *
 * @param images whether the model sees images
 * @param context places of the decoder
 * @param unchecked whether everything passes, as in the original
 */
record SampleCheck(boolean images, int context, boolean unchecked) {
  /**
   * Checks what is in the file.
   *
   * @throws InvalidTrainingDataException if there is no answer, or a turn says {@code <image>} and
   *     there is none
   */
  void beforeEncoding(InstructionSample sample) {
    if (unchecked) {
      return;
    }
    if (sample.turns().stream().noneMatch(SampleCheck::isAnswer)) {
      throw invalid(
          sample.index(), "expected an answer to train (a turn from 'gpt' with text), found none");
    }
    if (images && sample.image() == null && ImagePlaceholders.isIn(sample)) {
      throw invalid(
          sample.index(),
          "a turn says %s, but the sample has no 'image'; name one or take out the tag"
              .formatted(ImagePlaceholders.PLACEHOLDER));
    }
  }

  private static boolean isAnswer(InstructionSample.Turn turn) {
    return !turn.from().equalsIgnoreCase("human") && !turn.value().isBlank();
  }

  /**
   * Checks what became of it.
   *
   * @throws InvalidTrainingDataException if it is longer than the decoder's context, or nothing is
   *     left to train
   */
  void afterEncoding(int index, EncodedSample sample) {
    if (unchecked) {
      return;
    }
    int length = sample.inputIds().length;
    if (length > context) {
      throw invalid(
          index,
          "%d ids are more than the model's context of %d (max_position_embeddings); choose a smaller modelMaxLength"
              .formatted(length, context));
    }
    boolean cut = sample.fullLength() > length;
    if (cut && Arrays.stream(sample.labels()).skip(1).allMatch(label -> label < 0)) {
      throw invalid(
          index,
          "%d ids are cut at modelMaxLength %d before anything is trained; choose a larger one"
              .formatted(sample.fullLength(), length));
    }
  }

  private static InvalidTrainingDataException invalid(int index, String message) {
    return new InvalidTrainingDataException("sample %d: %s".formatted(index, message), null);
  }
}
