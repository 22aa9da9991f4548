package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GeneratedSequence;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationListener;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.FakeModels;
import io.github.llavamed.testing.HashedLogits;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Requests about different images that one step of the decoder extends. */
class RequestsInStepTest {
  private static final int SLOTS = 4;
  private static final List<ImageInput> IMAGES =
      IntStream.range(0, 7).mapToObj(i -> FakeModels.image(0x102030 * i)).toList();

  private final FakeBackend backend =
      FakeBackend.withLogits(
              AsciiTokenizer.SIZE,
              FakeModels.FEATURE_ROWS,
              new HashedLogits(AsciiTokenizer.SIZE, 1, AsciiTokenizer.EOS, 1))
          .withBatchSlots(SLOTS);
  private final VisionLanguageModel model = FakeModels.v15(backend, 400);
  private final List<String> heard = new ArrayList<>();

  @AfterEach
  void nothingStaysOpen() {
    assertThat(Thread.interrupted()).isFalse();
    assertThat(backend.openSessions()).isZero();
    model.close();
    assertThat(backend.isClosed()).isTrue();
  }

  /** Requests of many lengths, with no, one or two images; each with rules and draws of its own. */
  private static GenerationRequest request(int i) {
    GenerationConfig.Builder config =
        GenerationConfig.builder().maxNewTokens(1 + i * 5 % 17).minNewTokens(1).logProbs(i % 3);
    switch (i % 4) {
      case 0 -> config.temperature(0.8).seed(i);
      case 1 -> config.repetitionPenalty(1.4);
      case 2 -> config.noRepeatNgramSize(2).temperature(1.5);
      default -> config.stopStrings(List.of("a", "e"));
    }
    int first = i % IMAGES.size();
    return GenerationRequest.question("Question " + "q".repeat(i % 7))
        .images(IMAGES.subList(first, Math.min(IMAGES.size(), first + i % 3)))
        .config(config.build())
        .build();
  }

  private static List<GenerationRequest> requests(int count) {
    return IntStream.range(0, count)
        .mapToObj(RequestsInStepTest::request)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  /** A request whose answer has so many tokens, told to {@link #heard} under a name. */
  private GenerationRequest told(String name, int tokens) {
    return GenerationRequest.question("Question of " + name)
        .images(IMAGES.get(name.charAt(0) % IMAGES.size()))
        .config(GenerationConfig.builder().minNewTokens(tokens).maxNewTokens(tokens).build())
        .listener(
            new GenerationListener() {
              @Override
              public void onPrompt(int positions, int kept) {
                heard.add(name + " prompt");
              }

              @Override
              public void onToken(int id, String text) {
                heard.add(name);
              }

              @Override
              public void onFinish(FinishReason reason) {
                heard.add(name + " " + reason);
              }
            })
        .build();
  }

  private List<List<GeneratedSequence>> alone(List<GenerationRequest> requests) throws IOException {
    List<List<GeneratedSequence>> results = new ArrayList<>();
    for (GenerationRequest request : requests) {
      results.add(model.generate(request).sequences());
    }
    return results;
  }

  @ParameterizedTest
  @CsvSource({"1, 4", "2, 4", "3, 8", "8, 4", "8, 8", "64, 64", "3, 1"})
  void requestsAboutDifferentImagesGetTheAnswersThatEachGetsAlone(int parallelism, int slots)
      throws IOException {
    List<GenerationRequest> requests = requests(40);
    requests.add(4, withConfig(requests.get(4), GenerationConfig.builder().numBeams(3)));
    requests.add(
        9,
        withConfig(
            requests.get(9), GenerationConfig.builder().temperature(1).numReturnSequences(3)));
    requests.add(
        17,
        withConfig(requests.get(17), GenerationConfig.builder().timeLimit(Duration.ofHours(1))));
    List<List<GeneratedSequence>> alone = alone(requests);
    backend.withBatchSlots(slots);

    List<GenerationResult> together = model.generateAll(requests, parallelism);

    assertThat(together).extracting(GenerationResult::sequences).isEqualTo(alone);
    for (GenerationResult result : together) {
      assertThat(result.timing().prefill()).isPositive();
      assertThat(result.timing().decode()).isGreaterThanOrEqualTo(Duration.ZERO);
    }
    List<List<GeneratedSequence>> eachInOrder = new ArrayList<>();
    model.answerEach(requests, (i, result) -> eachInOrder.add(i, result.sequences()));
    assertThat(eachInOrder).isEqualTo(alone);
  }

  private static GenerationRequest withConfig(
      GenerationRequest request, GenerationConfig.Builder config) {
    return request.toBuilder().config(config.maxNewTokens(6).build()).build();
  }

  @Test
  void noMoreThanAskedForAreOnTheirWayAndByDefaultAllThatPay() throws IOException {
    List<GenerationRequest> requests =
        IntStream.range(0, 12).mapToObj(i -> told("r" + i, 9)).toList();

    model.generateAll(requests, 1);
    assertThat(backend.largestStep()).isZero();
    model.generateAll(requests, 3);
    assertThat(backend.largestStep()).isEqualTo(3);
    model.generateAll(requests);
    assertThat(backend.largestStep()).isEqualTo(SLOTS);
  }

  @Test
  void aPromptIsReadAsSoonAsASlotIsFree() throws IOException {
    model.generateAll(List.of(told("long", 9), told("short", 2), told("next", 3)), 2);

    assertThat(heard)
        .containsExactly(
            "long prompt",
            "long",
            "short prompt",
            "short",
            "long",
            "short",
            "short LENGTH",
            "next prompt",
            "next",
            "long",
            "next",
            "long",
            "next",
            "next LENGTH",
            "long",
            "long",
            "long",
            "long",
            "long",
            "long LENGTH");
  }

  @Test
  void listenersHearTheirOwnAnswerOnTheCallingThread() throws IOException {
    List<StringBuilder> texts = new ArrayList<>();
    List<Thread> threads = new ArrayList<>();
    List<GenerationRequest> requests = new ArrayList<>();
    for (GenerationRequest request : requests(12)) {
      StringBuilder text = new StringBuilder();
      texts.add(text);
      requests.add(
          request.toBuilder()
              .listener(
                  (id, piece) -> {
                    text.append(piece);
                    threads.add(Thread.currentThread());
                  })
              .build());
    }

    List<GenerationResult> results = model.generateAll(requests, 5);

    assertThat(results)
        .extracting(GenerationResult::text)
        .isEqualTo(texts.stream().map(StringBuilder::toString).toList());
    assertThat(threads).containsOnly(Thread.currentThread());
  }

  @Test
  void neighboursAboutTheSameImageShareItAndTheirPrefix() throws IOException {
    List<GenerationRequest> requests = new ArrayList<>();
    for (int i = 0; i < 9; i++) {
      requests.add(
          GenerationRequest.question("Question " + i)
              .images(IMAGES.get(i / 3))
              .config(GenerationConfig.builder().maxNewTokens(3).minNewTokens(3).build())
              .build());
    }
    alone(requests);
    int positions = backend.appendedPositions();
    int images = backend.encodedImages();

    model.generateAll(requests);

    assertThat(backend.encodedImages() - images).isEqualTo(3);
    int beforeImage = 1 + "[INST] ".length(); // BOS as well
    int shared = FakeModels.FEATURE_ROWS + "\nQuestion ".length();
    assertThat(backend.appendedPositions() - positions)
        .isEqualTo(positions - 8 * beforeImage - 6 * shared);
  }

  @Test
  void aTimeLimitDoesNotRunWhileOthersAreServed() throws IOException {
    GenerationRequest limited = told("limited", 4);
    limited =
        limited.toBuilder()
            .config(limited.config().toBuilder().timeLimit(Duration.ofHours(1)).build())
            .build();

    model.generateAll(List.of(told("a", 6), limited, told("b", 6), told("c", 6)), 4);

    int first = heard.indexOf("limited");
    assertThat(heard.subList(first, first + 5))
        .containsExactly("limited", "limited", "limited", "limited", "limited LENGTH");
  }

  @Test
  void oneCancelledRequestLeavesTheOthersAlone() throws IOException {
    List<GenerationRequest> requests = requests(11);
    List<List<GeneratedSequence>> alone = alone(requests);
    AtomicInteger asked = new AtomicInteger();
    requests.set(
        3,
        GenerationRequest.question("?")
            .config(GenerationConfig.builder().minNewTokens(30).build())
            .cancelledWhen(() -> asked.incrementAndGet() == 5)
            .build());
    // Cancelled before its image is encoded, which the next request needs.
    requests.set(8, requests.get(8).toBuilder().cancelledWhen(() -> true).build());
    requests.set(9, requests.get(9).toBuilder().images(requests.get(8).images()).build());
    alone.set(9, model.generate(requests.get(9)).sequences());

    List<GenerationResult> together = model.generateAll(requests);

    assertThat(requests.get(8).images()).isNotEmpty();
    for (int i = 0; i < requests.size(); i++) {
      if (i == 3 || i == 8) {
        assertThat(together.get(i).finishReason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(together.get(i).outputIds()).hasSize(i == 3 ? 4 : 0);
      } else {
        assertThat(together.get(i).sequences()).as("request %d", i).isEqualTo(alone.get(i));
      }
    }
  }

  @Test
  void aRequestThatCannotBeginEndsThoseOnTheirWayAndBehind() {
    GenerationRequest missing =
        GenerationRequest.question("?").images(ImageInput.of(Path.of("none.png"))).build();
    assertThatThrownBy(
            () -> model.generateAll(List.of(told("a", 9), told("b", 2), missing, told("c", 2)), 2))
        .isInstanceOf(NoSuchFileException.class);
    assertThat(heard)
        .containsExactly("a prompt", "a", "b prompt", "b", "a", "b", "b LENGTH", "a CANCELLED");
    assertThat(backend.openSessions()).isZero();

    GenerationRequest tooLong = GenerationRequest.question("x".repeat(500)).build();
    assertThatThrownBy(() -> model.generateAll(List.of(told("a", 9), tooLong, told("c", 2)), 2))
        .isInstanceOf(ContextLengthExceededException.class);
  }

  @Test
  void aRequestThatFailsInAStepEndsAllAtOnce() {
    AtomicInteger tokens = new AtomicInteger();
    GenerationRequest failing =
        told("x", 9).toBuilder()
            .listener(
                (id, text) -> {
                  if (tokens.incrementAndGet() == 2) {
                    throw new ArithmeticException("of the listener");
                  }
                })
            .build();

    assertThatThrownBy(
            () -> model.generateAll(List.of(told("a", 9), failing, told("b", 9), told("c", 9)), 3))
        .isInstanceOf(ArithmeticException.class);

    assertThat(heard)
        .containsSubsequence("a", "b", "a", "b")
        .endsWith("a CANCELLED", "b CANCELLED");
    assertThat(heard).doesNotContain("c prompt");
  }

  @Test
  void anInterruptedCallerGetsAnErrorAndEndsAll() {
    AtomicInteger tokens = new AtomicInteger();
    GenerationRequest interrupting =
        told("x", 9).toBuilder()
            .listener(
                (id, text) -> {
                  if (tokens.incrementAndGet() == 2) {
                    Thread.currentThread().interrupt();
                  }
                })
            .build();

    assertThatThrownBy(
            () -> model.generateAll(List.of(told("a", 9), interrupting, told("b", 9)), 2))
        .isInstanceOf(InterruptedIOException.class);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(heard).containsExactly("a prompt", "a", "a", "a CANCELLED");
  }

  @Test
  void aModelClosedMeanwhileAnswersWhatItWasAsked() throws IOException {
    List<GenerationRequest> requests = requests(9);
    List<List<GeneratedSequence>> alone = alone(requests);
    requests.set(2, requests.get(2).toBuilder().listener((id, text) -> model.close()).build());

    assertThat(model.generateAll(requests))
        .extracting(GenerationResult::sequences)
        .isEqualTo(alone);

    assertThat(backend.isClosed()).isTrue();
    assertThatThrownBy(() -> model.generateAll(requests)).hasMessage("the model is closed");
  }
}
