package io.github.llavamed.trainer.data;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One sample of an instruction file. Immutable.
 *
 * @param index its place in the file, from 0
 * @param image path of its image relative to the image folder, or null
 * @param turns its turns, in order
 */
public record InstructionSample(int index, @Nullable String image, List<Turn> turns) {
  /** Copies the list. */
  public InstructionSample {
    turns = List.copyOf(turns);
  }

  /**
   * What one side said.
   *
   * @param from the speaker as written: {@code human} or {@code gpt}
   * @param value the text
   */
  public record Turn(String from, String value) {}
}
