package com.example.quickstart;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.github.llavamed.generation.GenerationResult;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class QuickstartTest {
  private static final Path CASE =
      Path.of("../../llava-med-api/src/test/resources/golden/model/v15-mlp2x");

  @Test
  void answersAQuestionAboutAnImage() throws Exception {
    GenerationResult result =
        Quickstart.answer(
            CASE.resolve("checkpoint"), CASE.resolve("images/a.png"), "What is shown in this image?");

    assertTrue(result.usage().completionTokens() > 0);
    assertEquals("onnx-cpu", result.backend());
  }
}
