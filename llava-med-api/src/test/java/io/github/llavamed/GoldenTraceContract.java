package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.inference.ForwardTrace.Matrix;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.testing.GoldenCase;
import io.github.llavamed.testing.TensorAssert;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds a backend in single precision to the intermediate results of the original programs, through
 * the public entry points alone.
 */
public abstract class GoldenTraceContract extends GoldenModelContract {
  /** The goldens' README: vision features, projector output, spliced embeddings. */
  private static final double FEATURE_TOLERANCE = 2e-4;

  /** What the goldens' README says a float32 implementation should reach; it allows 1e-3. */
  private static final double LOGIT_TOLERANCE = 2e-4;

  private static final double PIXEL_TOLERANCE = 1e-6;

  @TestFactory
  Stream<DynamicTest> intermediateResultsAreTheOriginals() {
    return forEachPrompt((golden, prompt) -> assertTrace(model(golden), golden, prompt));
  }

  @TestFactory
  Stream<DynamicTest> otherLayoutsOfTheSameWeightsComputeTheSame() {
    return forEachPromptOfOtherLayouts(this::assertTrace);
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
}
