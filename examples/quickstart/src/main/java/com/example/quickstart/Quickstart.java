package com.example.quickstart;

import io.github.llavamed.LlavaMed;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.image.ImageInput;
import java.nio.file.Path;

/** Asks one question about one image. Research use only, not for clinical use. */
public final class Quickstart {
  private Quickstart() {}

  /** Arguments: checkpoint directory, image file, question. */
  public static void main(String[] args) throws Exception {
    System.out.println(answer(Path.of(args[0]), Path.of(args[1]), args[2]).text());
  }

  static GenerationResult answer(Path checkpoint, Path image, String question) throws Exception {
    try (VisionLanguageModel model = LlavaMed.load(checkpoint)) {
      return model.ask(ImageInput.of(image), question);
    }
  }
}
