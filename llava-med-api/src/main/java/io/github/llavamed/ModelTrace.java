package io.github.llavamed;

import io.github.llavamed.generation.ModelDescription;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.prompt.Prompt;
import java.util.List;

/**
 * Every intermediate result of one forward pass over a prompt.
 *
 * @param prompt the prompt as it was put to the model
 * @param pixelValues the preprocessed images
 * @param forward what the backend computed from them
 * @param origin the model and what it ran on
 */
public record ModelTrace(
    Prompt prompt, List<PixelValues> pixelValues, ForwardTrace forward, ModelDescription origin) {
  /** Copies the list. */
  public ModelTrace {
    pixelValues = List.copyOf(pixelValues);
  }
}
