package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.conversation.StopStringRule;
import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.StoppingException;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.ForwardTrace.Matrix;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.testing.GoldenCase;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TensorAssert;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/**
 * Holds a backend in single precision to the values of the original programs, through the public
 * entry points alone.
 */
@Tag("golden")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class GoldenAnswersContract {
  /** The goldens' README: vision features, projector output, spliced embeddings. */
  private static final double FEATURE_TOLERANCE = 2e-4;

  /** What the goldens' README says a float32 implementation should reach; it allows 1e-3. */
  private static final double LOGIT_TOLERANCE = 2e-4;

  private static final double PIXEL_TOLERANCE = 1e-6;

  /** The goldens' README: ids are exact where the two best logits differ by more. */
  private static final double CERTAIN_MARGIN = 2e-3;

  private static final Pattern PATCH_RUN =
      Pattern.compile("(?:<im_start>)?(?:<im_patch>)+(?:<im_end>)?");
  private static final Pattern V10_TWO_TURNS =
      Pattern.compile(
          "(?s).*###Human: (?<first>.*?)###Assistant: (?<answer>[^#]*)###Human:"
              + " (?<second>[^#]*)###Assistant:");
  private static final Pattern V15_TWO_TURNS =
      Pattern.compile(
          "(?s)\\[INST] (?:<im_start>)?<image>(?:<im_end>)?\n(?<first>.*?) \\[/INST]"
              + " (?<answer>.*?) </s>\\[INST] (?<second>.*?) \\[/INST]");

  private final Map<String, VisionLanguageModel> models = new HashMap<>();
  private final List<GoldenCase> cases = GoldenCase.models();

  private Path exports;

  /** Returns the id of the backend under test. */
  protected abstract String backend();

  @BeforeAll
  void keepExports(@TempDir Path directory) {
    exports = directory;
  }

  @AfterAll
  void closeModels() {
    models.values().forEach(VisionLanguageModel::close);
  }

  @Test
  void thereAreCasesOfEveryFamily() throws IOException {
    assertThat(cases)
        .extracting(c -> c.expected().path("family").asText().substring(0, 2))
        .contains("v1", "HF");
    assertThat(cases).hasSizeGreaterThanOrEqualTo(3);
  }

  @TestFactory
  Stream<DynamicTest> greedyAnswersAreTheOriginals() {
    return forEachPrompt((golden, prompt) -> assertGreedy(model(golden), golden, prompt));
  }

  @TestFactory
  Stream<DynamicTest> intermediateResultsAreTheOriginals() {
    return forEachPrompt((golden, prompt) -> assertTrace(model(golden), golden, prompt));
  }

  @TestFactory
  Stream<DynamicTest> otherLayoutsOfTheSameWeightsAnswerAlike() {
    return cases.stream()
        .filter(golden -> golden.expected().hasNonNull("checkpoint_v5"))
        .flatMap(
            golden -> {
              JsonNode variant = golden.expected().path("checkpoint_v5");
              Path directory = golden.directory().resolve(variant.path("dir").textValue());
              return golden
                  .prompts()
                  .map(
                      prompt ->
                          test(
                              golden,
                              variant.path("dir").textValue() + " " + prompt.getKey(),
                              () -> {
                                VisionLanguageModel model = model(directory, options(golden));
                                assertTrace(model, golden, prompt.getValue());
                                assertGreedy(model, golden, prompt.getValue());
                              }));
            });
  }

  @TestFactory
  Stream<DynamicTest> theTowerInTheCheckpointShowsItself() {
    return cases.stream()
        .filter(golden -> golden.expected().hasNonNull("checkpoint_tower_variant"))
        .map(golden -> test(golden, "checkpoint tower", () -> assertCheckpointTower(golden)));
  }

  @TestFactory
  Stream<DynamicTest> everyImageOfAPromptIsSplicedUnlessTheQuirkIsAskedFor() {
    return cases.stream()
        .filter(golden -> golden.expected().hasNonNull("two_images_one_sample"))
        .map(golden -> test(golden, "two images", () -> assertTwoImages(golden)));
  }

  @TestFactory
  Stream<DynamicTest> stopStringsEndTheAnswerWhereTheyShould() {
    return cases.stream()
        .flatMap(
            golden ->
                Stream.iterate(0, i -> i + 1)
                    .limit(golden.expected().path("keyword_stop").path("cases").size())
                    .map(i -> golden.expected().path("keyword_stop").path("cases").get(i))
                    .map(
                        stop ->
                            test(
                                golden,
                                "stop '" + stop.path("keyword").textValue() + "'",
                                () -> assertKeyword(golden, stop))));
  }

  @TestFactory
  Stream<DynamicTest> aConversationAnswersAsTheOriginalReadingEverythingAgain() {
    return cases.stream()
        .filter(golden -> twoTurns(golden) != null)
        .map(golden -> test(golden, "two turns", () -> assertConversation(golden)));
  }

  @TestFactory
  Stream<DynamicTest> aConversationOfAnyFamilyAnswersAsOnePromptWould() {
    return cases.stream().map(golden -> test(golden, "chat", () -> assertChatEqualsPrompt(golden)));
  }

  @Test
  void twoPicturesHaveTwoAnswers() throws IOException {
    int different = 0;
    for (GoldenCase golden : cases) {
      JsonNode prompt =
          golden
              .prompts()
              .map(Map.Entry::getValue)
              .filter(p -> !p.path("images").isEmpty())
              .findFirst()
              .orElseThrow();
      GenerationRequest first = request(golden, prompt).images(image(golden, 0)).build();
      GenerationRequest second = first.toBuilder().images(image(golden, 1)).build();
      if (!model(golden)
          .generate(first)
          .outputIds()
          .equals(model(golden).generate(second).outputIds())) {
        different++;
      }
    }

    assertThat(different).as("models whose answers depend on the image").isPositive();
  }

  private ImageInput image(GoldenCase golden, int index) {
    return ImageInput.of(
        golden.directory().resolve("images").resolve(List.of("a.png", "b.png").get(index)));
  }

  private void assertGreedy(VisionLanguageModel model, GoldenCase golden, JsonNode prompt)
      throws IOException {
    JsonNode greedy = prompt.path("greedy");
    List<String> pieces = new ArrayList<>();
    GenerationResult result =
        model.generate(request(golden, prompt).listener((id, text) -> pieces.add(text)).build());

    assertThat(result.inputIds()).isEqualTo(ids(prompt.path("input_ids")));
    if (prompt.hasNonNull("spliced_length")) {
      assertThat(result.usage().promptTokens()).isEqualTo(prompt.path("spliced_length").intValue());
    }
    List<Integer> expected = ids(greedy.path("ids"));
    int certain = GoldenCase.certainIds(greedy, CERTAIN_MARGIN);
    assertThat(first(result.outputIds(), certain)).isEqualTo(first(expected, certain));
    if (certain == expected.size()) {
      assertThat(result.outputIds()).isEqualTo(expected);
      assertThat(result.text()).isEqualTo(greedy.path("text").textValue());
      assertThat(result.finishReason())
          .isEqualTo(
              greedy.path("finish").textValue().equals("eos")
                  ? FinishReason.STOP
                  : FinishReason.LENGTH);
    }
    assertThat(String.join("", pieces)).isEqualTo(result.text());
    assertThat(result.usage().completionTokens()).isEqualTo(result.outputIds().size());
  }

  private void assertTrace(VisionLanguageModel model, GoldenCase golden, JsonNode prompt)
      throws IOException {
    ModelTrace trace = model.trace(request(golden, prompt).build());

    assertThat(trace.prompt().inputIds()).isEqualTo(ids(prompt.path("input_ids")));
    if (prompt.hasNonNull("pixel_values")) {
      float[] pixels = join(trace.pixelValues().stream().map(values -> values.values()).toList());
      compare(golden, prompt, "pixel_values", pixels, PIXEL_TOLERANCE);
    }
    compare(
        golden,
        prompt,
        "vision_features",
        join(trace.forward().imageFeatures().stream().map(Matrix::values).toList()),
        FEATURE_TOLERANCE);
    compare(
        golden,
        prompt,
        "projector_output",
        join(trace.forward().projected().stream().map(Matrix::values).toList()),
        FEATURE_TOLERANCE);
    compare(
        golden,
        prompt,
        "inputs_embeds",
        trace.forward().inputsEmbeds().values(),
        FEATURE_TOLERANCE);
    Matrix logits = trace.forward().logits();
    compare(golden, prompt, "prefill_logits", logits.values(), LOGIT_TOLERANCE);
    compare(golden, prompt, "last_logits", lastRow(logits), LOGIT_TOLERANCE);
  }

  private void assertCheckpointTower(GoldenCase golden) throws IOException {
    JsonNode variant = golden.expected().path("checkpoint_tower_variant");
    JsonNode prompt = golden.expected().path("prompts").path("single");
    VisionLanguageModel model =
        model(
            golden.checkpoint(),
            options(golden).toBuilder().visionTower(VisionTowerSource.Choice.CHECKPOINT).build());

    ModelTrace trace = model.trace(request(golden, prompt).build());
    compare(
        golden,
        variant,
        "vision_features",
        join(trace.forward().imageFeatures().stream().map(Matrix::values).toList()),
        FEATURE_TOLERANCE);
    compare(golden, variant, "prefill_logits", trace.forward().logits().values(), LOGIT_TOLERANCE);
    assertThat(model.generate(request(golden, prompt).build()).outputIds())
        .isEqualTo(ids(variant.path("greedy_ids")));
  }

  private void assertTwoImages(GoldenCase golden) throws IOException {
    JsonNode sample = golden.expected().path("two_images_one_sample");
    GenerationRequest request =
        GenerationRequest.prompt(sample.path("prompt").textValue())
            .images(golden.images(sample))
            .build();

    ModelTrace mended = model(golden).trace(request);
    assertThat(mended.prompt().inputIds()).isEqualTo(ids(sample.path("input_ids")));
    JsonNode recommended = sample.path("recommended");
    compare(
        golden, recommended, "prefill_logits", mended.forward().logits().values(), LOGIT_TOLERANCE);
    compare(
        golden, recommended, "last_logits", lastRow(mended.forward().logits()), LOGIT_TOLERANCE);

    JsonNode original = sample.path("original");
    if (original.hasNonNull("last_logits")) {
      ModelTrace asWas =
          model(
                  golden.checkpoint(),
                  options(golden).toBuilder()
                      .quirks(OriginalQuirks.builder().legacyLastImageOnly(true).build())
                      .build())
              .trace(request);
      compare(
          golden,
          original,
          "inputs_embeds",
          asWas.forward().inputsEmbeds().values(),
          FEATURE_TOLERANCE);
      compare(golden, original, "last_logits", lastRow(asWas.forward().logits()), LOGIT_TOLERANCE);
    }
  }

  private void assertKeyword(GoldenCase golden, JsonNode stop) throws IOException {
    String keyword = stop.path("keyword").textValue();
    JsonNode prompt = golden.expected().path("prompts").path(stop.path("prompt").textValue());
    if (keyword.isEmpty()) {
      assertThatThrownBy(() -> GenerationConfig.builder().stopStrings(keyword))
          .isInstanceOf(IllegalArgumentException.class);
      return;
    }
    GenerationRequest request = stopping(golden, prompt, keyword);
    GenerationResult result = model(golden).generate(request);
    JsonNode expected = stop.has("ids") ? stop.path("ids") : stop.path("recommended_rule_ids");

    assertThat(result.outputIds()).isEqualTo(ids(expected));
    assertThat(result.text()).doesNotContain(keyword);
    if (stop.has("original_ids")) {
      assertOriginalWindow(golden, stop, request);
    } else {
      int[] all = result.outputIds().stream().mapToInt(Integer::intValue).toArray();
      assertThat(model(golden).tokenizer().decode(all, true))
          .isEqualTo(stop.path("text").textValue())
          .startsWith(result.text());
    }
  }

  private void assertOriginalWindow(GoldenCase golden, JsonNode stop, GenerationRequest request)
      throws IOException {
    VisionLanguageModel model =
        model(
            golden.checkpoint(),
            options(golden).toBuilder()
                .quirks(OriginalQuirks.builder().legacyStopWindow(true).build())
                .build());
    if (stop.hasNonNull("original_error")) {
      String message = stop.path("original_error").textValue().replaceFirst("^\\w+: ", "");
      assertThatThrownBy(() -> model.generate(request))
          .isInstanceOf(StoppingException.class)
          .hasMessageContaining(message);
    } else {
      assertThat(model.generate(request).outputIds()).isEqualTo(ids(stop.path("original_ids")));
    }
  }

  private void assertConversation(GoldenCase golden) throws IOException {
    JsonNode expected = golden.expected().path("prompts").path("two_turns");
    Matcher turns = twoTurns(golden);
    GenerationConfig config = config(expected);
    try (ChatSession chat = model(golden).startChat()) {
      chat.ask(
          GenerationRequest.question(turns.group("first"))
              .images(golden.images(expected))
              .config(config)
              .build());
      chat.replaceLastAnswer(turns.group("answer"));
      GenerationResult result =
          chat.ask(GenerationRequest.question(turns.group("second")).config(config).build());

      assertThat(PATCH_RUN.matcher(result.prompt().text()).replaceAll("<image>"))
          .isEqualTo(PATCH_RUN.matcher(expected.path("prompt").textValue()).replaceAll("<image>"));
      assertThat(result.inputIds()).isEqualTo(ids(expected.path("input_ids")));
      int certain = GoldenCase.certainIds(expected.path("greedy"), CERTAIN_MARGIN);
      assertThat(first(result.outputIds(), certain))
          .isEqualTo(first(ids(expected.path("greedy").path("ids")), certain));
    }
  }

  private void assertChatEqualsPrompt(GoldenCase golden) throws IOException {
    VisionLanguageModel model = model(golden);
    GenerationConfig config = GenerationConfig.builder().maxNewTokens(6).build();
    List<ImageInput> images = new ArrayList<>();
    try (ChatSession chat = model.startChat()) {
      for (int turn = 0; turn < 3; turn++) {
        List<ImageInput> added = turn == 1 ? List.of() : List.of(image(golden, turn / 2));
        images.addAll(added);
        GenerationRequest.Builder question =
            GenerationRequest.question("What is this, number " + turn + "?");
        GenerationResult result = chat.ask(question.images(added).config(config).build());
        GenerationResult again =
            model.generate(
                GenerationRequest.prompt(result.prompt().text())
                    .images(images)
                    .config(config.toBuilder().stopStrings(stops(chat)).build())
                    .build());

        assertThat(result.inputIds()).as("turn %d", turn).isEqualTo(again.inputIds());
        assertThat(result.outputIds()).as("turn %d", turn).isEqualTo(again.outputIds());
        assertThat(result.text()).as("turn %d", turn).isEqualTo(again.text());
      }
    }
  }

  private static List<String> stops(ChatSession chat) {
    return StopStringRule.WEB_SERVER.of(chat.conversation().template()).stream().toList();
  }

  /** Returns the turns of the prompt {@code two_turns}, or null if it is in another form. */
  private static Matcher twoTurns(GoldenCase golden) {
    String prompt = golden.expected().path("prompts").path("two_turns").path("prompt").asText();
    for (Pattern pattern : List.of(V10_TWO_TURNS, V15_TWO_TURNS)) {
      Matcher matcher = pattern.matcher(PATCH_RUN.matcher(prompt).replaceAll("<image>"));
      if (matcher.matches()) {
        return matcher;
      }
    }
    return null;
  }

  private interface PromptCheck {
    void check(GoldenCase golden, JsonNode prompt) throws IOException;
  }

  private Stream<DynamicTest> forEachPrompt(PromptCheck check) {
    return cases.stream()
        .flatMap(
            golden ->
                golden
                    .prompts()
                    .map(
                        prompt ->
                            test(
                                golden,
                                prompt.getKey(),
                                () -> check.check(golden, prompt.getValue()))));
  }

  private static DynamicTest test(GoldenCase golden, String what, Executable check) {
    return DynamicTest.dynamicTest(golden.name() + " " + what, check);
  }

  private static GenerationRequest.Builder request(GoldenCase golden, JsonNode prompt) {
    return GenerationRequest.prompt(prompt.path("prompt").textValue())
        .images(golden.images(prompt))
        .config(config(prompt));
  }

  private static GenerationRequest stopping(GoldenCase golden, JsonNode prompt, String keyword) {
    return request(golden, prompt)
        .config(config(prompt).toBuilder().stopStrings(keyword).build())
        .build();
  }

  private static GenerationConfig config(JsonNode prompt) {
    return GenerationConfig.builder()
        .maxNewTokens(prompt.path("greedy").path("max_new_tokens").intValue())
        .build();
  }

  private VisionLanguageModel model(GoldenCase golden) throws IOException {
    return model(golden.checkpoint(), options(golden));
  }

  private VisionLanguageModel model(Path checkpoint, LoadOptions options) throws IOException {
    String key = checkpoint + " " + options.visionTower() + " " + options.quirks();
    VisionLanguageModel model = models.get(key);
    if (model == null) {
      model = LlavaMed.load(checkpoint, options);
      models.put(key, model);
    }
    return model;
  }

  private LoadOptions options(GoldenCase golden) {
    return LoadOptions.builder()
        .backend(backend())
        .backendOptions(new BackendOptions(Precision.FP32, null, 2, exports))
        .visionTower(
            golden.usesStockTower()
                ? VisionTowerSource.Choice.STOCK
                : VisionTowerSource.Choice.AUTOMATIC)
        .build();
  }

  private static void compare(
      GoldenCase golden, JsonNode holder, String key, float[] actual, double tolerance) {
    if (holder.hasNonNull(key)) {
      TensorAssert.isCloseTo(key, actual, golden.floats(holder.path(key)), tolerance, 0);
    }
  }

  private static float[] lastRow(Matrix matrix) {
    return Arrays.copyOfRange(
        matrix.values(), (matrix.rows() - 1) * matrix.columns(), matrix.rows() * matrix.columns());
  }

  private static float[] join(List<float[]> parts) {
    float[] all = new float[parts.stream().mapToInt(part -> part.length).sum()];
    int offset = 0;
    for (float[] part : parts) {
      System.arraycopy(part, 0, all, offset, part.length);
      offset += part.length;
    }
    return all;
  }

  private static List<Integer> ids(JsonNode array) {
    return Arrays.stream(GoldenFolder.ints(array)).boxed().toList();
  }

  private static List<Integer> first(List<Integer> ids, int count) {
    return ids.subList(0, Math.min(count, ids.size()));
  }
}
