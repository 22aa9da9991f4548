package io.github.llavamed.trainer.data;

import io.github.llavamed.weights.VocabularyInitializer;
import java.util.List;

/**
 * Puts the image of a turn in front of its text, as LLaVA 1.5 does before it trains.
 *
 * <p>Source: {@code preprocess_multimodal} of LLaVA's {@code train.py}; LLaVA-Med published no
 * training code for v1.5.
 *
 * @param markers whether marker tokens go around the image
 */
public record ImageFirst(boolean markers) {
  /** Returns the sample with {@code <image>} and a line break before the text that had it. */
  public InstructionSample in(InstructionSample sample) {
    List<InstructionSample.Turn> turns =
        sample.turns().stream()
            .map(turn -> new InstructionSample.Turn(turn.from(), first(turn.value())))
            .toList();
    return new InstructionSample(sample.index(), sample.image(), turns);
  }

  private String first(String value) {
    if (!value.contains(ImagePlaceholders.PLACEHOLDER)) {
      return value;
    }
    String text = value.replace(ImagePlaceholders.PLACEHOLDER, "").strip();
    String image =
        markers
            ? VocabularyInitializer.IM_START
                + ImagePlaceholders.PLACEHOLDER
                + VocabularyInitializer.IM_END
            : ImagePlaceholders.PLACEHOLDER;
    return (image + "\n" + text).strip();
  }

  /** Returns how many placeholders the turns of a sample have. */
  public static int places(InstructionSample sample) {
    int count = 0;
    String mark = ImagePlaceholders.PLACEHOLDER;
    for (InstructionSample.Turn turn : sample.turns()) {
      count += (turn.value().length() - turn.value().replace(mark, "").length()) / mark.length();
    }
    return count;
  }
}
