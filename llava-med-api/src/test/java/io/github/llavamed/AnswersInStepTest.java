package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GeneratedSequence;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.NoTokenLeftException;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.FakeModels;
import io.github.llavamed.testing.HashedLogits;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Answers of several sequences that one step extends; all of {@link ManyAnswersTest} as well. */
class AnswersInStepTest extends ManyAnswersTest {
  private static final ImageInput RED = FakeModels.image(0xff0000);

  private final FakeBackend backend =
      FakeBackend.withLogits(
          AsciiTokenizer.SIZE,
          FakeModels.FEATURE_ROWS,
          new HashedLogits(AsciiTokenizer.SIZE, 1, AsciiTokenizer.EOS, 1));
  private final VisionLanguageModel model = FakeModels.v15(backend.withBatchSlots(4), 400);

  @Override
  int batchSlots() {
    return 3;
  }

  @AfterEach
  void nothingOfTheseStaysOpen() {
    assertThat(backend.openSessions()).isZero();
    model.close();
    assertThat(backend.isClosed()).isTrue();
  }

  /** Requests whose answers have 1 to 17 tokens; each has rules and draws of its own. */
  private static GenerationRequest request(int i) {
    GenerationConfig.Builder config =
        GenerationConfig.builder().maxNewTokens(1 + i * 5 % 17).minNewTokens(1).logProbs(i % 3);
    switch (i % 4) {
      case 0 -> config.temperature(0.8).seed(i);
      case 1 -> config.repetitionPenalty(1.4);
      case 2 -> config.noRepeatNgramSize(2).temperature(1.5);
      default -> config.stopStrings(List.of("a", "e"));
    }
    return GenerationRequest.question("Question " + "q".repeat(i % 7) + i)
        .images(RED)
        .config(config.build())
        .build();
  }

  private static List<GenerationRequest> requests(int count) {
    return IntStream.range(0, count)
        .mapToObj(AnswersInStepTest::request)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private List<List<GeneratedSequence>> alone(List<GenerationRequest> requests) throws IOException {
    List<List<GeneratedSequence>> results = new ArrayList<>();
    for (GenerationRequest request : requests) {
      results.add(model.generate(request).sequences());
    }
    return results;
  }

  private List<GenerationResult> together(List<GenerationRequest> requests) throws IOException {
    List<GenerationResult> results = new ArrayList<>();
    model.answerEach(
        requests,
        (index, result) -> {
          assertThat(index).isEqualTo(results.size());
          results.add(result);
        });
    return results;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 8, 64})
  void moreQuestionsThanSlotsGetTheAnswersThatEachGetsAlone(int slots) throws IOException {
    List<GenerationRequest> requests = requests(23);
    requests.add(4, withBeams(requests.get(4), 3));
    requests.add(9, withBeams(requests.get(9), 2));
    List<List<GeneratedSequence>> alone = alone(requests);
    backend.withBatchSlots(slots);

    List<GenerationResult> together = together(requests);

    assertThat(together).extracting(GenerationResult::sequences).isEqualTo(alone);
    assertThat(backend.largestStep()).isGreaterThanOrEqualTo(Math.min(slots, 20));
    for (GenerationResult result : together) {
      assertThat(result.timing().prefill()).isPositive();
      assertThat(result.timing().decode()).isGreaterThanOrEqualTo(Duration.ZERO);
    }
  }

  private static GenerationRequest withBeams(GenerationRequest request, int beams) {
    return request.toBuilder()
        .config(GenerationConfig.builder().maxNewTokens(6).numBeams(beams).build())
        .build();
  }

  @Test
  void questionsShareTheirImageAndPrefixInStepToo() throws IOException {
    List<GenerationRequest> requests = requests(6);
    alone(requests);
    int positions = backend.appendedPositions();
    int images = backend.encodedImages();

    together(requests);

    assertThat(backend.encodedImages() - images).isEqualTo(1);
    int shared = "[INST] ".length() + FakeModels.FEATURE_ROWS;
    assertThat(backend.appendedPositions() - positions)
        .isLessThanOrEqualTo(positions - (requests.size() - 1) * shared);
  }

  @Test
  void severalAnswersDecodeInStepAndKeepTheirSeeds() throws IOException {
    GenerationRequest request =
        GenerationRequest.question("?")
            .config(
                GenerationConfig.builder()
                    .maxNewTokens(12)
                    .temperature(0.9)
                    .seed(5)
                    .numReturnSequences(7)
                    .logProbs(2)
                    .build())
            .build();
    List<GeneratedSequence> inStep = model.generate(request).sequences();
    assertThat(backend.largestStep()).isEqualTo(4);

    backend.withBatchSlots(1);

    assertThat(model.generate(request).sequences()).hasSize(7).isEqualTo(inStep);
  }

  @Test
  void aRequestThatFailsEndsThoseBehindItAndNotThoseBefore() throws IOException {
    List<GenerationRequest> requests = requests(9);
    List<List<GeneratedSequence>> alone = alone(requests);
    Map<Integer, Float> nothing =
        IntStream.range(0, AsciiTokenizer.SIZE)
            .boxed()
            .collect(Collectors.toMap(id -> id, id -> Float.NEGATIVE_INFINITY));
    requests.set(
        5,
        GenerationRequest.question("?")
            .images(RED)
            .config(GenerationConfig.builder().logitBias(nothing).build())
            .build());
    assertFailsAt(5, requests, alone, NoTokenLeftException.class);

    requests.set(2, GenerationRequest.question("x".repeat(500)).images(RED).build());
    assertFailsAt(2, requests, alone, ContextLengthExceededException.class);

    requests.set(
        1,
        request(4).toBuilder()
            .listener(
                (id, text) -> {
                  throw new ArithmeticException("of the listener");
                })
            .build());
    assertFailsAt(1, requests, alone, ArithmeticException.class);

    AtomicInteger steps = new AtomicInteger();
    requests.set(
        1,
        request(7).toBuilder()
            .logitsProcessors(
                List.of(
                    (logits, history) -> {
                      if (steps.incrementAndGet() == 2) {
                        throw new ArithmeticException("in the second step");
                      }
                    }))
            .config(GenerationConfig.builder().minNewTokens(9).maxNewTokens(9).build())
            .build());
    assertFailsAt(1, requests, alone, ArithmeticException.class);
  }

  private void assertFailsAt(
      int index,
      List<GenerationRequest> requests,
      List<List<GeneratedSequence>> alone,
      Class<? extends Exception> type) {
    List<List<GeneratedSequence>> found = new ArrayList<>();
    assertThatThrownBy(
            () -> model.answerEach(requests, (i, result) -> found.add(result.sequences())))
        .isInstanceOf(type);
    assertThat(found).isEqualTo(alone.subList(0, index));
    assertThat(backend.openSessions()).isZero();
  }

  @Test
  void whatTheReceiverThrowsEndsAll() {
    IOException full = new IOException("disk full");
    assertThatThrownBy(
            () ->
                model.answerEach(
                    requests(9),
                    (i, result) -> {
                      if (i == 3) {
                        throw full;
                      }
                    }))
        .isSameAs(full);
    assertThat(backend.openSessions()).isZero();
  }

  @Test
  void oneCancelledQuestionLeavesTheOthersAlone() throws IOException {
    List<GenerationRequest> requests = requests(8);
    List<List<GeneratedSequence>> alone = alone(requests);
    AtomicInteger asked = new AtomicInteger();
    requests.set(
        3,
        requests.get(3).toBuilder()
            .config(GenerationConfig.builder().minNewTokens(30).build())
            .cancelledWhen(() -> asked.incrementAndGet() == 5)
            .build());

    List<GenerationResult> together = together(requests);

    assertThat(together.get(3).finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(together.get(3).outputIds()).hasSize(4);
    together.remove(3);
    alone.remove(3);
    assertThat(together).extracting(GenerationResult::sequences).isEqualTo(alone);
  }

  @Test
  void aCancelledQuestionThatHadNotBegunHasNoTokens() throws IOException {
    List<GenerationRequest> requests = requests(3);
    requests.set(1, requests.get(1).toBuilder().cancelledWhen(() -> true).build());

    GenerationResult cancelled = together(requests).get(1);

    assertThat(cancelled.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(cancelled.outputIds()).isEmpty();
  }

  @Test
  void cancellationEndsAllAnswersOnTheirWayWhereTheyAre() throws IOException {
    AtomicInteger tokens = new AtomicInteger();
    GenerationResult result =
        model.generate(
            GenerationRequest.question("?")
                .config(
                    GenerationConfig.builder()
                        .minNewTokens(30)
                        .temperature(1)
                        .numReturnSequences(6)
                        .build())
                .listener((id, text) -> tokens.incrementAndGet())
                .cancelledWhen(() -> tokens.get() == 3)
                .build());

    // All that were on their way took the step's token; two of the six had not begun.
    assertThat(result.sequences()).hasSize(4);
    assertThat(result.outputIds()).hasSize(3);
    for (GeneratedSequence answer : result.sequences()) {
      assertThat(answer.finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(answer.outputIds()).hasSize(3);
    }
    assertThat(backend.openSessions()).isZero();
  }

  @Test
  void anAnswersTimeIsOverForAllOfItsRequest() throws IOException {
    GenerationResult result =
        model.generate(
            GenerationRequest.question("?")
                .config(
                    GenerationConfig.builder()
                        .minNewTokens(30)
                        .temperature(1)
                        .numReturnSequences(3)
                        .timeLimit(Duration.ofNanos(1))
                        .build())
                .build());

    assertThat(result.finishReason()).isEqualTo(FinishReason.TIME_LIMIT);
    assertThat(result.sequences()).hasSize(1);
  }

  @Test
  void aModelClosedByAListenerFinishesItsQuestionsInStep() throws IOException {
    List<GenerationRequest> requests = requests(6);
    List<List<GeneratedSequence>> alone = alone(requests);
    requests.set(2, requests.get(2).toBuilder().listener((id, text) -> model.close()).build());

    assertThat(together(requests)).extracting(GenerationResult::sequences).isEqualTo(alone);

    assertThat(backend.isClosed()).isTrue();
    assertThatThrownBy(() -> together(requests)).hasMessage("the model is closed");
  }
}
