package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.ChatSession;
import io.github.llavamed.GenerationRequest;
import io.github.llavamed.LlavaMed;
import io.github.llavamed.LoadOptions;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import io.github.llavamed.conversation.UnknownTemplateException;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageRejectedException;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.prompt.ImageCountException;
import io.github.llavamed.testing.GoldenCase;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The entry points on a real backend and a tiny checkpoint. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class LlavaMedTest {
  private static final GenerationConfig SHORT = GenerationConfig.builder().maxNewTokens(8).build();

  private Path directory;
  private Path checkpoint;
  private List<ImageInput> images;
  private LoadOptions options;
  private VisionLanguageModel model;

  @BeforeAll
  void load(@TempDir Path shared) throws IOException {
    directory = shared;
    Path committed = GoldenFolder.committed("model").resolve("v15-mlp2x");
    GoldenCase golden =
        new GoldenCase(
            "v15-mlp2x", committed, GoldenFolder.json(committed.resolve("expected.json")));
    checkpoint = golden.checkpoint();
    images =
        Stream.of("a.png", "b.png", "c.png")
            .map(name -> ImageInput.of(committed.resolve("images").resolve(name)))
            .toList();
    options =
        LoadOptions.builder()
            .backendOptions(new BackendOptions(null, null, 1, directory.resolve("exports")))
            .build();
    model = LlavaMed.load(checkpoint, options);
  }

  @AfterAll
  void close() {
    model.close();
  }

  @Test
  void diagnosisNamesTheBackendAndItsVersion() {
    assertThat(LlavaMed.diagnose().toText())
        .contains("onnx-cpu: available: ONNX Runtime 1.")
        .contains("cpu features")
        .contains("java");
  }

  @Test
  void choosesTheOnlyBackendAndSaysSo() {
    assertThat(model.backendId()).isEqualTo("onnx-cpu");
    assertThat(model.loadTime()).isPositive();
    assertThat(model).hasToString("checkpoint (v1.5) on onnx-cpu, fp32");
  }

  @Test
  void answersAQuestionAboutAnImage() throws IOException {
    GenerationResult result = model.ask(images.get(0), "What is shown in this image?");

    assertThat(result.prompt().text())
        .isEqualTo("[INST] <image>\nWhat is shown in this image? [/INST]");
    assertThat(result.usage().imageTokens()).isEqualTo(model.config().imageFeatureCount());
    assertThat(result.usage().completionTokens()).isPositive();
    assertThat(result.timing().prefill()).isPositive();
  }

  @Test
  void eightThreadsGetTheAnswersOfOne() throws Exception {
    List<List<Integer>> expected = new ArrayList<>();
    for (int i = 0; i < 24; i++) {
      expected.add(answer(i));
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Callable<List<Integer>>> calls =
          IntStream.range(0, 24).<Callable<List<Integer>>>mapToObj(i -> () -> answer(i)).toList();
      List<List<Integer>> found = new ArrayList<>();
      for (Future<List<Integer>> future : threads.invokeAll(calls)) {
        found.add(future.get());
      }

      assertThat(found).isEqualTo(expected);
      assertThat(expected.stream().distinct().count()).isGreaterThan(4);
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void aModelThatIsClosedSaysSoAndItsConversationsAreClosed() throws IOException {
    VisionLanguageModel other = LlavaMed.load(checkpoint, options);
    ChatSession chat = other.startChat();
    chat.ask(GenerationRequest.question("Hello").config(SHORT).build());

    other.close();
    other.close();

    assertThatThrownBy(() -> other.ask(images, "?"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
    assertThatThrownBy(() -> chat.ask("?")).isInstanceOf(IllegalStateException.class);
    chat.close();
  }

  @Test
  void aModelClosedDuringAnAnswerFinishesItAndRefusesTheNext() throws IOException {
    GenerationRequest.Builder question =
        GenerationRequest.question("Is it a scan?").images(images.get(0)).config(SHORT);
    GenerationRequest request = question.build();
    List<Integer> expected = model.generate(request).outputIds();
    VisionLanguageModel other = LlavaMed.load(checkpoint, options);

    List<Integer> found =
        other.generate(question.listener((id, text) -> other.close()).build()).outputIds();

    assertThat(found).isEqualTo(expected);
    assertThatThrownBy(() -> other.generate(request))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("the model is closed");
  }

  @Test
  void aBackendThatIsNotThereIsNeverReplaced() {
    assertThatThrownBy(
            () -> LlavaMed.load(checkpoint, options.toBuilder().backend("onnx-npu").build()))
        .isInstanceOf(BackendUnavailableException.class)
        .hasMessageContaining("'onnx-npu'")
        .hasMessageContaining("onnx-cpu");
  }

  @Test
  void aDeviceThatTheBackendLacksIsRefusedAndNothingStaysOpen() {
    LoadOptions cuda =
        options.toBuilder()
            .backendOptions(new BackendOptions(null, "cuda:0", null, directory))
            .build();

    assertThatThrownBy(() -> LlavaMed.load(checkpoint, cuda))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("cuda:0");
  }

  @Test
  void aDirectoryThatIsNotThereIsNamed() {
    Path missing = directory.resolve("not-there");

    assertThatThrownBy(() -> LlavaMed.load(missing, options))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("not-there");
  }

  @Test
  void aTruncatedWeightFileIsNamed() throws IOException {
    Path broken = Files.createDirectories(directory.resolve("broken"));
    try (Stream<Path> files = Files.list(checkpoint)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        Files.copy(file, broken.resolve(file.getFileName()));
      }
    }
    Path weights = broken.resolve("model.safetensors");
    byte[] bytes = Files.readAllBytes(weights);
    Files.write(weights, Arrays.copyOf(bytes, bytes.length - 100));
    LoadOptions stored =
        options.toBuilder()
            .visionTower(new VisionTowerSource.Directory(checkpoint.resolveSibling("clip-tower")))
            .build();

    assertThatThrownBy(() -> LlavaMed.load(broken, stored))
        .isInstanceOf(MalformedCheckpointException.class)
        .hasMessageContaining("model.safetensors");
  }

  @Test
  void imagesAndPlacesMustFit() {
    assertThatThrownBy(
            () ->
                model.generate(
                    GenerationRequest.prompt("<image> and <image>")
                        .images(images.subList(0, 1))
                        .build()))
        .isInstanceOf(ImageCountException.class);
  }

  @Test
  void anUnknownTemplateListsTheKnownOnes() {
    assertThatThrownBy(
            () -> model.generate(GenerationRequest.question("?").template("nonsense").build()))
        .isInstanceOf(UnknownTemplateException.class)
        .hasMessageContaining("mistral_instruct");
    assertThatThrownBy(() -> model.startChat("nonsense"))
        .isInstanceOf(UnknownTemplateException.class);
  }

  @Test
  void imagesOverTheLimitAreRefused() throws IOException {
    ImageLimits tiny = new ImageLimits(1 << 20, 4, 2, 1, 1 << 20);
    try (VisionLanguageModel limited =
        LlavaMed.load(checkpoint, options.toBuilder().imageLimits(tiny).build())) {
      assertThatThrownBy(() -> limited.ask(images.get(0), "?"))
          .isInstanceOf(ImageRejectedException.class);
    }
  }

  @Test
  void whatIsNoImageIsRefused() {
    assertThatThrownBy(() -> model.ask(ImageInput.of(new byte[] {1, 2, 3}), "?"))
        .isInstanceOf(ImageRejectedException.class);
  }

  private List<Integer> answer(int i) throws IOException {
    return model
        .generate(
            GenerationRequest.question("Question " + i % 6)
                .images(images.get(i % images.size()))
                .config(SHORT)
                .build())
        .outputIds();
  }
}
