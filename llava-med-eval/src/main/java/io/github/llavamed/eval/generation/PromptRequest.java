package io.github.llavamed.eval.generation;

import io.github.llavamed.image.ImageInput;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One exact prompt to a model. Immutable.
 *
 * @param image the image that the prompt is about, or null for none
 * @param prompt the text as the model gets it, the place of the image included
 * @param stopStrings texts that end the answer
 * @param settings how tokens are chosen
 */
public record PromptRequest(
    @Nullable ImageInput image,
    String prompt,
    List<String> stopStrings,
    GenerationSettings settings) {
  /** Copies the list. */
  public PromptRequest {
    stopStrings = List.copyOf(stopStrings);
  }

  /** Returns the same prompt about another image, or about none. */
  public PromptRequest withImage(@Nullable ImageInput other) {
    return new PromptRequest(other, prompt, stopStrings, settings);
  }
}
