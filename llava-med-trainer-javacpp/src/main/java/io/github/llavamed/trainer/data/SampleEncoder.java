package io.github.llavamed.trainer.data;

import io.github.llavamed.conversation.Release;
import io.github.llavamed.prompt.PromptBuilder;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.training.MaskAlignment;
import io.github.llavamed.training.TextVersion;
import java.util.OptionalInt;

/** Turns a sample, its placeholders replaced, into ids and labels. Safe for concurrent use. */
public abstract class SampleEncoder {
  /** The label that the loss leaves out. */
  public static final int IGNORE_INDEX = -100;

  private final SampleText text;

  SampleEncoder(SampleText text) {
    this.text = text;
  }

  /**
   * Returns the encoder of a version for v1.0 models, whose images are written out in the text.
   *
   * @param bosId id put in front of each text, in place of the tokenizer's own
   * @param padId id of padding; in a text it does not count where lengths are measured
   * @param maxLength ids at which a sample is cut, ≥ 1
   */
  public static SampleEncoder of(
      TextVersion version,
      MaskAlignment alignment,
      Tokenizer tokenizer,
      OptionalInt bosId,
      int padId,
      int maxLength) {
    SampleText text = SampleText.plain(tokenizer, bosId, padId, maxLength);
    return switch (version) {
      case V0 -> new V0SampleEncoder(text, alignment);
      case V1 -> RoundsSampleEncoder.vicuna(text, alignment, Release.V1_0, "vicuna_v1_1");
      case MISTRAL_INSTRUCT -> RoundsSampleEncoder.mistral(text, alignment);
    };
  }

  /**
   * Returns the encoder of a version for v1.5 and Hugging Face models, whose ids have places for
   * images. Nothing is cut.
   *
   * @param version {@link TextVersion#V0} has no such models and stands for {@link
   *     TextVersion#MISTRAL_INSTRUCT}
   * @param padId id of padding; in a text it does not count where lengths are measured
   * @param maxLength ids at which the caller cuts samples, ≥ 1; lengths beyond are not compared
   */
  public static SampleEncoder forPrompts(
      TextVersion version,
      MaskAlignment alignment,
      PromptBuilder prompts,
      int padId,
      int maxLength) {
    SampleText text = SampleText.prompts(prompts, padId, maxLength);
    return switch (version) {
      case V0, MISTRAL_INSTRUCT -> RoundsSampleEncoder.mistral(text, alignment);
      case V1 -> RoundsSampleEncoder.vicuna(text, alignment, Release.V1_5, "vicuna_v1");
    };
  }

  /**
   * Encodes a sample.
   *
   * @throws io.github.llavamed.training.InvalidTrainingDataException if a role is not known, or
   *     turns do not alternate where they must
   */
  public abstract EncodedSample encode(InstructionSample sample);

  /** Returns the ids of a text, cut at the maximum where the original's tokenizer cuts. */
  final int[] cutIds(String wanted) {
    return text.cut().apply(wanted);
  }

  /** Returns the ids of a text, not cut. */
  final int[] allIds(String wanted) {
    return text.all().apply(wanted);
  }

  /** Returns the number of ids of a text before it was cut to {@code ids}. */
  final int fullLength(String wanted, int[] ids) {
    return ids.length < text.maxLength() ? ids.length : allIds(wanted).length;
  }

  /** Returns how many ids of a text, cut at the maximum, are not padding. */
  final int cutLength(String wanted) {
    return countReal(cutIds(wanted));
  }

  final int countReal(int[] ids) {
    int count = 0;
    for (int id : ids) {
      count += id == text.padId() ? 0 : 1;
    }
    return count;
  }

  final int maxLength() {
    return text.maxLength();
  }

  /** Returns the number of ids that a text shares with the beginning of {@code whole}. */
  final int sharedPrefix(String wanted, int[] whole) {
    int[] ids = allIds(wanted);
    int count = 0;
    while (count < Math.min(ids.length, whole.length) && ids[count] == whole[count]) {
      count++;
    }
    return count;
  }

  /** Hides labels from {@code from} to {@code to}, as far as there are any. */
  static void ignore(int[] labels, int from, int to) {
    for (int i = Math.max(from, 0); i < Math.min(to, labels.length); i++) {
      labels[i] = IGNORE_INDEX;
    }
  }
}
