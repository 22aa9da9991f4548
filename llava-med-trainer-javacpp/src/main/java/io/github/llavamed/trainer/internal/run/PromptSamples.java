package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.prompt.PromptBuilder;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.trainer.data.EncodedSample;
import io.github.llavamed.trainer.data.ImageFirst;
import io.github.llavamed.trainer.data.InstructionSample;
import io.github.llavamed.trainer.data.SampleEncoder;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.TrainingConfig;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Samples of v1.5 and Hugging Face models: ids with room for images, cut at the end.
 *
 * <p>The id of an image is expanded to as many places as the image has features, none of them
 * trained. Safe for concurrent use.
 *
 * @param encoder makes ids and labels with the family's own ids for images
 * @param imageFirst moves images to the front of their turns
 * @param imageId the family's id for an image, or for one row of it
 * @param placesPerId places that such an id becomes
 * @param rows features of an image
 * @param placeholder a real id to stand in the places of images, where no embedding of it is used
 * @param maxLength places at which a sample is cut
 */
record PromptSamples(
    SampleEncoder encoder,
    ImageFirst imageFirst,
    int imageId,
    int placesPerId,
    int rows,
    int placeholder,
    int maxLength) {
  /**
   * A sample's text.
   *
   * @param text ids and labels, with room for images
   * @param imageStarts the first place of each image
   */
  record Placed(EncodedSample text, List<Integer> imageStarts) {}

  static PromptSamples of(
      TrainingConfig training, Tokenizer tokenizer, int padId, LlavaConfig config) {
    PromptBuilder prompts = PromptBuilder.forModel(config, tokenizer, OriginalQuirks.NONE);
    SampleEncoder encoder =
        SampleEncoder.forPrompts(
            training.version(),
            training.maskAlignment(),
            prompts,
            padId,
            training.modelMaxLength());
    ImageFirst first = new ImageFirst(config.mmUseImStartEnd());
    int rows = config.imageFeatureCount();
    int cut = training.modelMaxLength();
    Integer token = config.imageTokenId();
    return token == null
        ? new PromptSamples(encoder, first, PromptBuilder.IMAGE_TOKEN_INDEX, rows, rows, 0, cut)
        : new PromptSamples(encoder, first, token, 1, rows, token, cut);
  }

  /** Returns the sample with its images in front of their texts. */
  InstructionSample arranged(InstructionSample sample) {
    return imageFirst.in(sample);
  }

  /**
   * Encodes an arranged sample.
   *
   * @throws InvalidTrainingDataException if it is cut within an image, or cannot be encoded
   */
  Placed encode(InstructionSample sample) {
    return place(sample.index(), encoder.encode(sample));
  }

  /**
   * Makes room for images.
   *
   * @param whole ids and labels with the family's ids for images
   * @throws InvalidTrainingDataException if it is cut within an image
   */
  Placed place(int sample, EncodedSample whole) {
    int images = 0;
    for (int id : whole.inputIds()) {
      images += id == imageId ? 1 : 0;
    }
    int length = whole.inputIds().length + images * (placesPerId - 1);
    int[] ids = new int[length];
    int[] labels = new int[length];
    List<Integer> starts = new ArrayList<>();
    int at = 0;
    int seen = 0;
    for (int i = 0; i < whole.inputIds().length; i++) {
      if (whole.inputIds()[i] != imageId) {
        ids[at] = whole.inputIds()[i];
        labels[at++] = whole.labels()[i];
        continue;
      }
      if (seen % rows == 0) {
        starts.add(at);
      }
      Arrays.fill(ids, at, at + placesPerId, placeholder);
      Arrays.fill(labels, at, at + placesPerId, SampleEncoder.IGNORE_INDEX);
      at += placesPerId;
      seen += placesPerId;
    }
    return cut(sample, ids, labels, starts);
  }

  private Placed cut(int sample, int[] ids, int[] labels, List<Integer> starts) {
    for (int start : starts) {
      if (start + rows > maxLength) {
        throw new InvalidTrainingDataException(
            "sample %d: %d places, cut at %d within an image; a longer modelMaxLength may help"
                .formatted(sample, ids.length, maxLength),
            null);
      }
    }
    int length = Math.min(ids.length, maxLength);
    return new Placed(
        new EncodedSample(Arrays.copyOf(ids, length), Arrays.copyOf(labels, length), ids.length),
        starts);
  }
}
