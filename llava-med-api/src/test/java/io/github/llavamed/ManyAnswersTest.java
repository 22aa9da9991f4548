package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.generation.ChoiceResult;
import io.github.llavamed.generation.ChoiceScoring;
import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GeneratedSequence;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.NoTokenLeftException;
import io.github.llavamed.generation.OutputConstraint;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.FakeModels;
import io.github.llavamed.testing.HashedLogits;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ManyAnswersTest {
  private static final ImageInput RED = FakeModels.image(0xff0000);
  private static final GenerationConfig DRAWN =
      GenerationConfig.builder().maxNewTokens(10).temperature(0.9).seed(3).build();

  private final FakeBackend backend =
      FakeBackend.withLogits(
              AsciiTokenizer.SIZE,
              FakeModels.FEATURE_ROWS,
              new HashedLogits(AsciiTokenizer.SIZE, 1, AsciiTokenizer.EOS, 1))
          .withBatchSlots(batchSlots());
  private final VisionLanguageModel model = FakeModels.v15(backend, 400);

  /** Returns how many sequences the backend extends in one step. */
  int batchSlots() {
    return 1;
  }

  @AfterEach
  void nothingStaysOpen() {
    assertThat(backend.openSessions()).isZero();
    model.close();
    assertThat(backend.isClosed()).isTrue();
  }

  @Test
  void theSameSeedGivesTheSameAnswerWhateverRunsBeside() throws Exception {
    List<GenerationRequest> requests = IntStream.range(0, 24).mapToObj(i -> mixed(i)).toList();
    List<List<GeneratedSequence>> serial = new ArrayList<>();
    for (GenerationRequest request : requests) {
      serial.add(model.generate(request).sequences());
    }

    for (int parallelism : List.of(1, 3, 8)) {
      assertThat(model.generateAll(requests, parallelism))
          .extracting(GenerationResult::sequences)
          .isEqualTo(serial);
    }
    assertThat(model.generateAll(requests))
        .extracting(GenerationResult::sequences)
        .isEqualTo(serial);
  }

  @Test
  void eightCallersWithRequestsOfAllKindsGetWhatOneCallerGets() throws Exception {
    List<List<GeneratedSequence>> serial = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      serial.add(model.generate(mixed(i)).sequences());
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<List<GeneratedSequence>>> calls = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        GenerationRequest request = mixed(i);
        calls.add(() -> model.generate(request).sequences());
      }
      List<List<GeneratedSequence>> found = new ArrayList<>();
      for (Future<List<GeneratedSequence>> future : threads.invokeAll(calls)) {
        found.add(future.get());
      }
      assertThat(found).isEqualTo(serial);
    } finally {
      threads.shutdownNow();
    }
  }

  /** Returns requests of many lengths and kinds. */
  private static GenerationRequest mixed(int i) {
    GenerationConfig.Builder config =
        GenerationConfig.builder().maxNewTokens(1 + i % 13).logProbs(i % 3);
    switch (i % 4) {
      case 0 -> config.temperature(0.7).seed(i);
      case 1 -> config.numBeams(2 + i % 3).numReturnSequences(2);
      case 2 -> config.temperature(1.2).numReturnSequences(3).topP(0.8);
      default -> config.repetitionPenalty(1.3).noRepeatNgramSize(2);
    }
    return GenerationRequest.question("Question ".repeat(1 + i % 5) + i)
        .images(i % 2 == 0 ? List.of(RED) : List.of())
        .config(config.build())
        .build();
  }

  @Test
  void severalAnswersToOneRequestDiffer() throws IOException {
    GenerationResult result =
        model.generate(
            GenerationRequest.question("?")
                .config(DRAWN.toBuilder().numReturnSequences(5).build())
                .build());

    assertThat(result.sequences()).hasSize(5).doesNotHaveDuplicates();
    assertThat(result.sequences().get(0).outputIds()).isEqualTo(result.outputIds());
    assertThat(result.outputIds())
        .isEqualTo(
            model.generate(GenerationRequest.question("?").config(DRAWN).build()).outputIds());
    assertThat(result.usage().completionTokens())
        .isEqualTo(result.sequences().stream().mapToInt(s -> s.outputIds().size()).sum());
  }

  @Test
  void questionsAboutOneImageShareItAndTheirPrefix() throws IOException {
    List<String> questions = List.of("What is it?", "What is there?", "Why?", "What is it?");
    GenerationConfig config = GenerationConfig.builder().maxNewTokens(6).build();
    List<List<Integer>> alone = new ArrayList<>();
    for (String question : questions) {
      alone.add(
          model
              .generate(GenerationRequest.question(question).images(RED).config(config).build())
              .outputIds());
    }
    int imagesBefore = backend.encodedImages();
    int positionsBefore = backend.appendedPositions();

    List<GenerationResult> together = model.answerAll(List.of(RED), questions, config);

    assertThat(together).extracting(GenerationResult::outputIds).isEqualTo(alone);
    assertThat(backend.encodedImages() - imagesBefore).isEqualTo(1);
    int sharedPrefix = "[INST] ".length() + FakeModels.FEATURE_ROWS;
    assertThat(backend.appendedPositions() - positionsBefore)
        .isLessThanOrEqualTo(positionsBefore - (questions.size() - 1) * sharedPrefix);
    assertThat(together.get(1).timing().encodeImage()).isEqualTo(Duration.ZERO);
  }

  @Test
  void questionsAboutOneImageCanBeSearchedAndDrawn() throws IOException {
    List<String> questions = List.of("What is it?", "What is there?");
    for (GenerationConfig config :
        List.of(
            DRAWN.toBuilder().numReturnSequences(2).build(),
            GenerationConfig.builder().maxNewTokens(5).numBeams(3).build())) {
      List<List<GeneratedSequence>> alone = new ArrayList<>();
      for (String question : questions) {
        alone.add(
            model
                .generate(GenerationRequest.question(question).images(RED).config(config).build())
                .sequences());
      }

      assertThat(model.answerAll(List.of(RED), questions, config))
          .extracting(GenerationResult::sequences)
          .isEqualTo(alone);
    }
  }

  @Test
  void chatsCanBeSearchedAndDrawn() throws IOException {
    GenerationConfig beams = GenerationConfig.builder().maxNewTokens(5).numBeams(3).build();
    try (ChatSession chat = model.startChat()) {
      for (GenerationConfig config : List.of(beams, DRAWN, beams)) {
        GenerationResult turn = chat.ask(GenerationRequest.question("And?").config(config).build());
        GenerationResult again =
            model.generate(
                GenerationRequest.prompt(turn.prompt().text())
                    .config(config.toBuilder().stopStrings("</s>").build())
                    .build());

        assertThat(turn.outputIds()).isEqualTo(again.outputIds());
      }
    }
  }

  @Test
  void aFailingRequestFailsTheBatch() {
    List<GenerationRequest> requests =
        List.of(
            GenerationRequest.question("a").config(DRAWN).build(),
            GenerationRequest.question("b").images(ImageInput.of(Path.of("none.png"))).build());

    assertThatThrownBy(() -> model.generateAll(requests, 2))
        .isInstanceOf(NoSuchFileException.class);
    assertThatThrownBy(() -> model.generateAll(requests, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void emptyListsHaveNoAnswers() throws IOException {
    assertThat(model.generateAll(List.of())).isEmpty();
    assertThat(model.answerAll(RED, List.of())).isEmpty();
  }

  @Test
  void choicesAreScoredInTheirOrder() throws IOException {
    ChoiceResult result = model.choose(RED, "Is it red?", List.of("yes", "no", "maybe"));

    assertThat(result.choices()).extracting(c -> c.text()).containsExactly("yes", "no", "maybe");
    assertThat(result.probabilities(ChoiceScoring.SUM).stream().mapToDouble(p -> p).sum())
        .isBetween(1 - 1e-12, 1 + 1e-12);
    assertThat(result.best(ChoiceScoring.MEAN).mean())
        .isGreaterThanOrEqualTo(result.choices().get(0).mean());
    assertThat(result.prompt().text()).isEqualTo("[INST] <image>\nIs it red? [/INST]");
    assertThat(result.origin()).isEqualTo(model.description());
  }

  @Test
  void choicesMustFitAndExist() {
    assertThatThrownBy(() -> model.choose(RED, "?", List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> model.choose(RED, "?", List.of("x".repeat(400))))
        .isInstanceOf(ContextLengthExceededException.class)
        .hasMessageContaining("longest choice needs 400");
  }

  @Test
  void answersKeepToTheConstraintOfTheRequest() throws IOException {
    GenerationResult result =
        model.generate(
            GenerationRequest.question("?")
                .config(
                    DRAWN.toBuilder().constraint(OutputConstraint.matching("[0-9]{2}%")).build())
                .build());

    assertThat(result.text()).matches("[0-9]{2}%");
    assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void rulesThatForbidEverythingAreAClearError() {
    Map<Integer, Float> bias = new HashMap<>();
    IntStream.range(0, AsciiTokenizer.SIZE).forEach(i -> bias.put(i, Float.NEGATIVE_INFINITY));

    assertThatThrownBy(
            () ->
                model.generate(
                    GenerationRequest.question("?")
                        .config(GenerationConfig.builder().logitBias(bias).build())
                        .build()))
        .isInstanceOf(NoTokenLeftException.class)
        .hasMessageContaining("after 0 tokens");
  }

  @Test
  void anAnswerEndsWhenItsTimeIsOver() throws IOException {
    GenerationConfig config =
        GenerationConfig.builder().minNewTokens(5).timeLimit(Duration.ofNanos(1)).build();

    GenerationResult result =
        model.generate(GenerationRequest.question("?").config(config).build());

    assertThat(result.finishReason()).isEqualTo(FinishReason.TIME_LIMIT);
    assertThat(result.outputIds()).hasSize(1);
  }

  @Test
  void cancellationEndsABatchedRequestAndFreesItsSession() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    GenerationRequest cancelled =
        GenerationRequest.question("?")
            .config(GenerationConfig.builder().minNewTokens(50).build())
            .cancelledWhen(() -> asked.incrementAndGet() > 3)
            .build();

    GenerationResult result = model.generateAll(List.of(cancelled), 2).get(0);

    assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(backend.openSessions()).isZero();
  }

  @Test
  void closingDuringABatchLetsItFinishAndLaterUseIsAClearError() throws IOException {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      requests.add(mixed(4 * i).toBuilder().listener((id, text) -> model.close()).build());
    }

    assertThat(model.generateAll(requests, 2)).hasSize(6);

    assertThat(backend.isClosed()).isTrue();
    assertThatThrownBy(() -> model.generateAll(requests, 2))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
    assertThatThrownBy(() -> model.answerAll(RED, List.of("?")))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> model.choose(RED, "?", List.of("yes")))
        .isInstanceOf(IllegalStateException.class);
  }
}
