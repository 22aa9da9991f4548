package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.testing.GoldenCase;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.api.io.TempDir;

/** What the golden contracts share: one model per case, loaded through the public entry point. */
@Tag("golden")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class GoldenModelContract {
  /** The goldens' README: ids are exact where the two best logits differ by more. */
  static final double CERTAIN_MARGIN = 2e-3;

  private final Map<String, VisionLanguageModel> models = new HashMap<>();
  private Path exports;

  /** Every case that has a checkpoint and prompts. */
  final List<GoldenCase> cases = GoldenCase.models();

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
  void thereAreCases() {
    assertThat(cases).isNotEmpty();
    assertThat(cases).allSatisfy(golden -> assertThat(golden.prompts()).isNotEmpty());
  }

  /** Looks at one prompt of one case. */
  interface PromptCheck {
    void check(GoldenCase golden, JsonNode prompt) throws IOException;
  }

  /** Runs a check on every prompt of every case. */
  Stream<DynamicTest> forEachPrompt(PromptCheck check) {
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

  /** Looks at one prompt of one case on a model that is not the case's first. */
  interface ModelCheck {
    void check(VisionLanguageModel model, GoldenCase golden, JsonNode prompt) throws IOException;
  }

  /** Runs a check on every prompt of every case whose weights are there in another layout too. */
  Stream<DynamicTest> forEachPromptOfOtherLayouts(ModelCheck check) {
    return cases.stream()
        .filter(golden -> golden.expected().hasNonNull("checkpoint_v5"))
        .flatMap(
            golden -> {
              String name = golden.expected().path("checkpoint_v5").path("dir").textValue();
              Path directory = golden.directory().resolve(name);
              return golden
                  .prompts()
                  .map(
                      prompt ->
                          test(
                              golden,
                              name + " " + prompt.getKey(),
                              () ->
                                  check.check(
                                      model(directory, options(golden)),
                                      golden,
                                      prompt.getValue())));
            });
  }

  static DynamicTest test(GoldenCase golden, String what, Executable check) {
    return DynamicTest.dynamicTest(golden.name() + " " + what, check);
  }

  static GenerationRequest.Builder request(GoldenCase golden, JsonNode prompt) {
    return GenerationRequest.prompt(prompt.path("prompt").textValue())
        .images(golden.images(prompt))
        .config(config(prompt));
  }

  static GenerationConfig config(JsonNode prompt) {
    return GenerationConfig.builder()
        .maxNewTokens(prompt.path("greedy").path("max_new_tokens").intValue())
        .build();
  }

  VisionLanguageModel model(GoldenCase golden) throws IOException {
    return model(golden.checkpoint(), options(golden));
  }

  VisionLanguageModel model(Path checkpoint, LoadOptions options) throws IOException {
    String key = checkpoint + " " + options.visionTower() + " " + options.quirks();
    VisionLanguageModel model = models.get(key);
    if (model == null) {
      model = LlavaMed.load(checkpoint, options);
      models.put(key, model);
    }
    return model;
  }

  LoadOptions options(GoldenCase golden) {
    return LoadOptions.builder()
        .backend(backend())
        .backendOptions(new BackendOptions(Precision.FP32, null, 2, exports))
        .visionTower(
            golden.usesStockTower()
                ? VisionTowerSource.Choice.STOCK
                : VisionTowerSource.Choice.AUTOMATIC)
        .build();
  }

  static List<Integer> ids(JsonNode array) {
    return Arrays.stream(GoldenFolder.ints(array)).boxed().toList();
  }

  static List<Integer> first(List<Integer> ids, int count) {
    return ids.subList(0, Math.min(count, ids.size()));
  }
}
