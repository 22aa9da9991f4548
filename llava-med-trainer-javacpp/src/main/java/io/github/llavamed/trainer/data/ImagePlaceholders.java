package io.github.llavamed.trainer.data;

import io.github.llavamed.weights.VocabularyInitializer;
import java.util.List;

/**
 * Puts patch tokens where turns say {@code <image>}.
 *
 * @param patches patch tokens of an image
 * @param markers whether marker tokens go around them
 */
public record ImagePlaceholders(int patches, boolean markers) {
  /** What a turn writes for an image. */
  public static final String PLACEHOLDER = "<image>";

  /** Returns the sample with its placeholders replaced, in every turn. */
  public InstructionSample replaceIn(InstructionSample sample) {
    String run = VocabularyInitializer.IM_PATCH.repeat(patches);
    String text =
        markers ? VocabularyInitializer.IM_START + run + VocabularyInitializer.IM_END : run;
    List<InstructionSample.Turn> turns =
        sample.turns().stream()
            .map(t -> new InstructionSample.Turn(t.from(), t.value().replace(PLACEHOLDER, text)))
            .toList();
    return new InstructionSample(sample.index(), sample.image(), turns);
  }

  /** Returns whether a turn of the sample has a placeholder. */
  public static boolean isIn(InstructionSample sample) {
    return sample.turns().stream().anyMatch(turn -> turn.value().contains(PLACEHOLDER));
  }
}
