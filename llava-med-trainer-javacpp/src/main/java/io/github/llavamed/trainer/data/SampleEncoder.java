package io.github.llavamed.trainer.data;

import io.github.llavamed.tokenizer.TokenBatch;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.training.MaskAlignment;
import io.github.llavamed.training.TextVersion;
import java.util.List;
import java.util.OptionalInt;

/** Turns a sample, its placeholders replaced, into ids and labels. Safe for concurrent use. */
public abstract class SampleEncoder {
  /** The label that the loss leaves out. */
  public static final int IGNORE_INDEX = -100;

  private final Tokenizer tokenizer;
  private final OptionalInt bosId;
  private final int padId;
  private final int maxLength;

  SampleEncoder(Tokenizer tokenizer, OptionalInt bosId, int padId, int maxLength) {
    this.tokenizer = tokenizer;
    this.bosId = bosId;
    this.padId = padId;
    this.maxLength = maxLength;
  }

  /**
   * Returns the encoder of a version.
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
    return switch (version) {
      case V0 -> new V0SampleEncoder(tokenizer, bosId, padId, maxLength, alignment);
      case V1 -> new V1SampleEncoder(tokenizer, bosId, padId, maxLength, alignment);
    };
  }

  /**
   * Encodes a sample.
   *
   * @throws io.github.llavamed.training.InvalidTrainingDataException if a role is not known, or
   *     turns do not alternate where they must
   */
  public abstract EncodedSample encode(InstructionSample sample);

  /** Returns the ids of a text, cut at the maximum. */
  final int[] cutIds(String text) {
    return begun(TokenBatch.encode(tokenizer, List.of(text), maxLength, padId).inputIds()[0]);
  }

  /** Returns the ids of a text, not cut. */
  final int[] allIds(String text) {
    return begun(tokenizer.encode(text));
  }

  /** Returns the number of ids of a text before it was cut to {@code ids}. */
  final int fullLength(String text, int[] ids) {
    return ids.length < maxLength ? ids.length : allIds(text).length;
  }

  private int[] begun(int[] ids) {
    OptionalInt own = tokenizer.specialTokens().bos();
    if (ids.length > 0 && own.isPresent() && bosId.isPresent() && ids[0] == own.getAsInt()) {
      ids[0] = bosId.getAsInt();
    }
    return ids;
  }

  /** Returns how many ids of a text, cut at the maximum, are not padding. */
  final int cutLength(String text) {
    return countReal(cutIds(text));
  }

  final int countReal(int[] ids) {
    int count = 0;
    for (int id : ids) {
      count += id == padId ? 0 : 1;
    }
    return count;
  }

  final int maxLength() {
    return maxLength;
  }

  /** Returns the number of ids that a text shares with the beginning of {@code whole}. */
  final int sharedPrefix(String text, int[] whole) {
    int[] ids = allIds(text);
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
