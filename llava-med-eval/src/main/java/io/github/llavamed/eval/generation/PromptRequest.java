package io.github.llavamed.eval.generation;

import java.util.List;

/**
 * One exact prompt to a model. Immutable.
 *
 * @param prompt the text as the model gets it, the places of images included
 * @param stopStrings texts that end the answer
 * @param settings how tokens are chosen
 */
public record PromptRequest(String prompt, List<String> stopStrings, GenerationSettings settings) {
  /** Copies the list. */
  public PromptRequest {
    stopStrings = List.copyOf(stopStrings);
  }
}
