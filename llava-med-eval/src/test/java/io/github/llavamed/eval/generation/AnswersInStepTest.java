package io.github.llavamed.eval.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.image.ImageRejectedException;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.FakeModels;
import io.github.llavamed.testing.HashedLogits;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files of questions about different images to a model that decodes several answers in step. */
class AnswersInStepTest {
  private static final int QUESTIONS = 300;
  private static final int IMAGES = 40;

  private int largestStep;

  @TempDir Path folder;

  @BeforeEach
  void writeQuestionsAndImages() throws IOException {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < QUESTIONS; i++) {
      lines.append(
          "{\"question_id\": %d, \"image\": \"%d.png\", \"text\": \"Question %d?\"}\n"
              .formatted(i, i * 7 % IMAGES, i % 11));
    }
    Files.writeString(folder.resolve("questions.jsonl"), lines);
    for (int i = 0; i < IMAGES; i++) {
      BufferedImage image = new BufferedImage(4, 4, BufferedImage.TYPE_INT_RGB);
      image.setRGB(1, 1, i * 0x50607);
      ImageIO.write(image, "png", folder.resolve(i + ".png").toFile());
    }
  }

  private Path run(int slots, double temperature, boolean answerPrompter) throws IOException {
    Path answers = folder.resolve("answers-%d-%s.jsonl".formatted(slots, temperature));
    AnswerRecipe recipe =
        AnswerRecipe.builder(AnswerProgram.MODEL_VQA)
            .release(Release.V1_5)
            .answerPrompter(answerPrompter)
            .settings(GenerationSettings.V1_5.withTemperature(temperature).withMaxNewTokens(9))
            .build();
    FakeBackend backend =
        FakeBackend.withLogits(
                AsciiTokenizer.SIZE,
                FakeModels.FEATURE_ROWS,
                new HashedLogits(AsciiTokenizer.SIZE, 1, AsciiTokenizer.EOS, 1))
            .withBatchSlots(slots);
    try (VisionLanguageModel model = FakeModels.v15(backend, 4000)) {
      AnswerGeneration.of(new ModelAnswerer(model), recipe, "m")
          .run(AnswerFiles.of(folder.resolve("questions.jsonl"), folder, answers));
    }
    largestStep = backend.largestStep();
    return answers;
  }

  private static List<String> withoutIds(Path answers) throws IOException {
    return Files.readAllLines(answers).stream()
        .map(line -> line.replaceAll("\"answer_id\": \"[^\"]*\"", ""))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void answersAreThoseOfOneAfterTheOtherInTheOrderOfTheQuestions(boolean answerPrompter)
      throws IOException {
    Path alone = run(1, 0.7, answerPrompter);
    Path inStep = run(4, 0.7, answerPrompter);

    assertThat(withoutIds(inStep)).hasSize(QUESTIONS).isEqualTo(withoutIds(alone));
    assertThat(largestStep).isEqualTo(answerPrompter ? 2 : 4); // Second answers go image by image.
  }

  @Test
  void aRunThatEndedAtABadImageKeepsWhatStandsBeforeIt() throws IOException {
    Path whole = run(4, 0, false);
    Path image = folder.resolve("33.png");
    byte[] bytes = Files.readAllBytes(image);
    Files.write(image, new byte[] {1, 2, 3});

    assertThatThrownBy(() -> run(3, 0, false)).isInstanceOf(ImageRejectedException.class);

    Path answers = folder.resolve("answers-3-0.0.jsonl");
    List<String> before = withoutIds(answers);
    assertThat(before).isNotEmpty().isEqualTo(withoutIds(whole).subList(0, before.size()));

    Files.write(image, bytes);
    run(3, 0, false);
    assertThat(withoutIds(answers)).isEqualTo(withoutIds(whole));
  }
}
