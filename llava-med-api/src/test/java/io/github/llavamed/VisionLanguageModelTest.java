package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationListener;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.prompt.ImageCountException;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.FakeModels;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class VisionLanguageModelTest {
  private static final ImageInput RED = FakeModels.image(0xff0000);
  private static final ImageInput BLUE = FakeModels.image(0x0000ff);
  private static final GenerationConfig SHORT = GenerationConfig.builder().maxNewTokens(12).build();

  private final FakeBackend backend = hashing();

  @Test
  void asksInTheFamilysTemplateAndSaysWhereTheAnswerCameFrom() throws IOException {
    try (VisionLanguageModel model = FakeModels.v15(scripted("yes"), 200)) {
      GenerationResult result = model.ask(RED, "Is it red?");

      assertThat(result.text()).isEqualTo("yes");
      assertThat(result.prompt().text()).isEqualTo("[INST] <image>\nIs it red? [/INST]");
      assertThat(result.inputIds()).containsOnlyOnce(-200).startsWith(1);
      assertThat(result.finishReason()).isEqualTo(FinishReason.STOP);
      assertThat(result.usage().imageTokens()).isEqualTo(FakeModels.FEATURE_ROWS);
      assertThat(result.usage().promptTokens())
          .isEqualTo(result.inputIds().size() - 1 + FakeModels.FEATURE_ROWS);
      assertThat(result.usage().completionTokens()).isEqualTo(4);
      assertThat(result.model()).isEqualTo("fake");
      assertThat(result.family()).isEqualTo(ModelFamily.LLAVA_V1_5);
      assertThat(result.backend()).isEqualTo("fake");
      assertThat(result.precision()).isEqualTo(Precision.FP32);
    }
  }

  @Test
  void differentImagesGiveDifferentAnswers() throws IOException {
    try (VisionLanguageModel model = FakeModels.v15(backend, 400)) {
      assertThat(model.generate(request("Which colour?", RED)).outputIds())
          .isEqualTo(model.generate(request("Which colour?", RED)).outputIds())
          .isNotEqualTo(model.generate(request("Which colour?", BLUE)).outputIds())
          .isNotEqualTo(model.generate(request("Which colour?")).outputIds());
    }
  }

  @Test
  void usesAnExactPromptAsItStands() throws IOException {
    try (VisionLanguageModel model = FakeModels.v15(scripted("ok"), 200)) {
      GenerationResult result =
          model.generate(GenerationRequest.prompt("A<image>B<image>").images(RED, BLUE).build());

      assertThat(result.prompt().text()).isEqualTo("A<image>B<image>");
      assertThat(result.usage().imageTokens()).isEqualTo(2 * FakeModels.FEATURE_ROWS);
    }
  }

  @Test
  void usesTheNamedTemplate() throws IOException {
    try (VisionLanguageModel model = FakeModels.v15(scripted("ok"), 400)) {
      GenerationResult result =
          model.generate(GenerationRequest.question("Hello").template("vicuna_v1").build());

      assertThat(result.prompt().text()).endsWith("USER: Hello ASSISTANT:");
    }
  }

  @Test
  void stopsAtConfiguredStringsAndCutsTheText() throws IOException {
    GenerationConfig config = GenerationConfig.builder().stopStrings("END").build();
    List<String> pieces = new ArrayList<>();
    try (VisionLanguageModel model = FakeModels.v15(scripted("no END of it"), 200)) {
      GenerationResult result =
          model.generate(
              GenerationRequest.question("?")
                  .config(config)
                  .listener((id, text) -> pieces.add(text))
                  .build());

      assertThat(result.finishReason()).isEqualTo(FinishReason.STOP_STRING);
      assertThat(result.text()).isEqualTo("no ").isEqualTo(String.join("", pieces));
    }
  }

  @Test
  void endsWithLengthWhereTheContextEnds() throws IOException {
    try (VisionLanguageModel model = FakeModels.v15(scripted("abcdefghij"), 10)) {
      GenerationResult result = model.generate(GenerationRequest.prompt("12345").build());

      assertThat(result.finishReason()).isEqualTo(FinishReason.LENGTH);
      assertThat(result.text()).isEqualTo("abcd");
      assertThat(result.usage().promptTokens() + result.usage().completionTokens()).isEqualTo(10);
    }
  }

  @Test
  void refusesAPromptThatFillsTheContextWithNumbersAndAdvice() {
    try (VisionLanguageModel model = FakeModels.v15(backend, 10)) {
      assertThatThrownBy(
              () -> model.generate(GenerationRequest.prompt("12345<image>").images(RED).build()))
          .isInstanceOf(ContextLengthExceededException.class)
          .hasMessageContaining("fills 10 positions (4 of them images)")
          .hasMessageContaining("context has 10")
          .hasMessageContaining("shorten the text");
      assertThat(backend.encodedImages()).isZero();
    }
  }

  @Test
  void refusesAnotherNumberOfImagesThanPlaces() {
    try (VisionLanguageModel model = FakeModels.v15(backend, 100)) {
      assertThatThrownBy(() -> model.generate(GenerationRequest.prompt("<image>").build()))
          .isInstanceOf(ImageCountException.class);
    }
  }

  @Test
  void passesOnThatAnImageIsMissing() {
    try (VisionLanguageModel model = FakeModels.v15(backend, 100)) {
      assertThatThrownBy(() -> model.ask(ImageInput.of(Path.of("not-there.png")), "?"))
          .isInstanceOf(NoSuchFileException.class);
      assertThat(backend.openSessions()).isZero();
    }
  }

  @Test
  void closesTheSessionAlsoWhenTheListenerThrows() {
    GenerationListener listener =
        (id, text) -> {
          throw new IllegalStateException("enough");
        };
    try (VisionLanguageModel model = FakeModels.v15(backend, 200)) {
      assertThatThrownBy(
              () -> model.generate(GenerationRequest.question("?").listener(listener).build()))
          .hasMessage("enough");
      assertThat(backend.openSessions()).isZero();
    }
  }

  @Test
  void encodesNothingWhenCancelledBefore() throws IOException {
    try (VisionLanguageModel model = FakeModels.v15(backend, 200)) {
      GenerationResult result =
          model.generate(
              GenerationRequest.question("?").images(RED).cancelledWhen(() -> true).build());

      assertThat(result.finishReason()).isEqualTo(FinishReason.CANCELLED);
      assertThat(result.text()).isEmpty();
      assertThat(backend.encodedImages()).isZero();
    }
  }

  @Test
  void oneModelGivesEightThreadsTheAnswersItGivesOne() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try (VisionLanguageModel model = FakeModels.v15(backend, 400)) {
      List<List<Integer>> expected = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        expected.add(answer(model, i));
      }

      List<Callable<List<Integer>>> calls =
          IntStream.range(0, 64)
              .<Callable<List<Integer>>>mapToObj(i -> () -> answer(model, i))
              .toList();
      List<List<Integer>> found = new ArrayList<>();
      for (Future<List<Integer>> future : threads.invokeAll(calls)) {
        found.add(future.get());
      }

      assertThat(found).isEqualTo(expected);
      assertThat(backend.openSessions()).isZero();
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void tracesOneForwardPass() throws IOException {
    try (VisionLanguageModel model = FakeModels.v15(backend, 200)) {
      ModelTrace trace = model.trace(request("What?", RED));

      assertThat(trace.pixelValues()).hasSize(1);
      assertThat(trace.forward().logits().rows()).isEqualTo(trace.prompt().length());
      assertThat(trace.origin()).isEqualTo(model.description());
    }
  }

  @Test
  void closingIsIdempotentAndLaterUseIsAClearError() {
    AtomicInteger weightsClosed = new AtomicInteger();
    VisionLanguageModel model = FakeModels.v15(backend, 200, weightsClosed);

    model.close();
    model.close();

    assertThat(backend.isClosed()).isTrue();
    assertThat(weightsClosed).hasValue(1);
    assertThatThrownBy(() -> model.ask(RED, "?"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
    assertThatThrownBy(() -> model.trace(request("?"))).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(model::startChat).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void closingLetsARunningCallFinish() throws Exception {
    AtomicInteger weightsClosed = new AtomicInteger();
    FakeBackend slow = scripted("abc");
    VisionLanguageModel model = FakeModels.v15(slow, 200, weightsClosed);
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    GenerationListener listener =
        (id, text) -> {
          started.countDown();
          assertThatCode(() -> assertThat(closed.await(10, TimeUnit.SECONDS)).isTrue())
              .doesNotThrowAnyException();
        };
    ExecutorService threads = Executors.newSingleThreadExecutor();
    try {
      Future<GenerationResult> running =
          threads.submit(
              () -> model.generate(GenerationRequest.question("?").listener(listener).build()));
      assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();

      model.close();
      assertThat(slow.isClosed()).isFalse();
      closed.countDown();

      assertThat(running.get(10, TimeUnit.SECONDS).text()).isEqualTo("abc");
      assertThat(slow.isClosed()).isTrue();
      assertThat(weightsClosed).hasValue(1);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void anExactPromptTakesNoTemplate() {
    assertThatThrownBy(() -> GenerationRequest.prompt("x").template("vicuna_v1").build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("vicuna_v1");
  }

  private static List<Integer> answer(VisionLanguageModel model, int i) throws IOException {
    return model.generate(request("Question " + i, FakeModels.image(i * 31))).outputIds();
  }

  private static GenerationRequest request(String question, ImageInput... images) {
    return GenerationRequest.question(question).images(images).config(SHORT).build();
  }

  private static FakeBackend hashing() {
    return FakeBackend.hashing(AsciiTokenizer.SIZE, 4, FakeModels.FEATURE_ROWS);
  }

  private static FakeBackend scripted(String answer) {
    int[] ids = AsciiTokenizer.ids(answer + "\0");
    ids[ids.length - 1] = AsciiTokenizer.EOS;
    return FakeBackend.scripted(AsciiTokenizer.SIZE, FakeModels.FEATURE_ROWS, ids);
  }
}
