package io.github.llavamed.onnx.golden;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.onnx.OnnxBackendOptions;
import io.github.llavamed.onnx.OnnxCpuProvider;
import io.github.llavamed.onnx.internal.model.DecoderNames;
import io.github.llavamed.onnx.internal.model.GraphRun;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenForward;
import io.github.llavamed.testing.TensorAssert;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code onnx-cpu} against the values of the original programs. */
@Tag("golden")
class OnnxGoldenTest {
  /** Tolerances of the golden models' README. */
  private static final double FEATURES = 2e-4;

  private static final double HIDDEN_STATES = 5e-4;
  private static final double LOGITS = 1e-3;

  /** Smallest lead of the best id that must be reproduced. */
  private static final double MARGIN = 2e-3;

  /** Small, so that prompts go through in several chunks. */
  private static final int CHUNK_ROWS = 16;

  @TempDir Path directory;

  static Stream<GoldenForward> cases() throws IOException {
    return GoldenForward.all();
  }

  private InferenceBackend open(LoadedModel model) {
    return new OnnxCpuProvider()
        .create(
            model.artifacts(),
            new BackendOptions(null, null, 1, directory),
            new OnnxBackendOptions(CHUNK_ROWS, false));
  }

  private static void assertClose(String what, float[] actual, float[] expected, double atol) {
    TensorAssert.isCloseTo(what, actual, expected, atol, 0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void showsTheOriginalsIntermediateResults(GoldenForward golden) throws IOException {
    int compared = 0;
    try (LoadedModel model = golden.load(golden.tower());
        InferenceBackend backend = open(model)) {
      for (Map.Entry<String, JsonNode> entry : golden.prompts().entrySet()) {
        JsonNode prompt = entry.getValue();
        LlavaConfig config = model.config();
        ForwardTrace trace =
            backend.trace(
                golden.images(prompt.path("images"), config),
                golden.segments(GoldenFolder.ints(prompt.get("input_ids")), config));
        String name = golden + " " + entry.getKey() + " ";
        compared +=
            compare(
                name + "features", golden, prompt.path("vision_features"), trace.imageFeatures());
        compared +=
            compare(name + "projected", golden, prompt.path("projector_output"), trace.projected());
        compared +=
            compare(
                name + "embeddings",
                golden,
                prompt.path("inputs_embeds"),
                List.of(trace.inputsEmbeds()));
        float[] logits = golden.floats(prompt.path("prefill_logits"));
        if (logits != null) {
          assertClose(name + "logits", trace.logits().values(), logits, LOGITS);
          compared++;
        }
      }
    }
    assertThat(compared).isPositive();
  }

  private static int compare(
      String what, GoldenForward golden, JsonNode array, List<ForwardTrace.Matrix> matrices) {
    float[] expected = golden.floats(array);
    if (expected == null) {
      return 0;
    }
    float[] actual = new float[0];
    for (ForwardTrace.Matrix matrix : matrices) {
      int length = actual.length;
      actual = Arrays.copyOf(actual, length + matrix.values().length);
      System.arraycopy(matrix.values(), 0, actual, length, matrix.values().length);
    }
    assertClose(what, actual, expected, FEATURES);
    return 1;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void answersLikeTheOriginal(GoldenForward golden) throws IOException {
    try (LoadedModel model = golden.load(golden.tower());
        InferenceBackend backend = open(model)) {
      assertThat(golden.prompts()).isNotEmpty();
      for (Map.Entry<String, JsonNode> entry : golden.prompts().entrySet()) {
        JsonNode prompt = entry.getValue();
        int[] ids = GoldenFolder.ints(prompt.get("input_ids"));
        List<InputSegment> segments = golden.segments(ids, model.config());
        List<ImageFeatures> images =
            encode(backend, golden.images(prompt.path("images"), model.config()));
        try (DecoderSession session = backend.openSession(model.contextLength())) {
          float[] logits = session.append(segments, images);
          float[] expected = golden.floats(prompt.path("last_logits"));
          if (expected != null) {
            assertClose(golden + " " + entry.getKey(), logits, expected, LOGITS);
          }
          decode(golden + " " + entry.getKey(), golden, prompt.path("greedy"), session, logits);
        }
      }
    }
  }

  private static List<ImageFeatures> encode(InferenceBackend backend, List<PixelValues> images) {
    return images.stream().map(backend::encode).toList();
  }

  /** Feeds the original's answer and compares the choice, and where recorded the logits. */
  private static void decode(
      String name, GoldenForward golden, JsonNode greedy, DecoderSession session, float[] first) {
    int[] ids = GoldenFolder.ints(greedy.path("ids"));
    float[] steps = golden.floats(greedy.path("step_logits"));
    float[] logits = first;
    for (int step = 0; step < ids.length; step++) {
      if (steps != null) {
        int v = logits.length;
        float[] expected = Arrays.copyOfRange(steps, step * v, (step + 1) * v);
        assertClose(name + " step " + step, logits, expected, LOGITS);
      }
      JsonNode top = greedy.get("top5").get(step);
      double lead = top.get(0).get(1).asDouble() - top.get(1).get(1).asDouble();
      if (lead > MARGIN) {
        assertThat(largest(logits)).as("%s step %d", name, step).isEqualTo(ids[step]);
      }
      if (step + 1 < ids.length) {
        logits = session.append(List.of(TokenSegment.of(ids[step])), List.of());
      }
    }
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void computesEveryLayerLikeTheOriginal(GoldenForward golden) throws Exception {
    int compared = 0;
    try (LoadedModel model = golden.load(golden.tower())) {
      for (Map.Entry<String, JsonNode> entry : golden.prompts().entrySet()) {
        JsonNode states = entry.getValue().path("hidden_states").path("arrays");
        if (!states.isEmpty()) {
          compareLayers(golden + " " + entry.getKey(), golden, model, states);
          compared++;
        }
      }
    }
    assumeThat(compared).isPositive();
  }

  private void compareLayers(String name, GoldenForward golden, LoadedModel model, JsonNode states)
      throws Exception {
    float[] embeds = golden.floats(states.get(0));
    Map<String, float[]> outputs =
        GraphRun.decoder(model.config(), model.artifacts().weights(), directory, embeds);
    assertThat(states).hasSize(model.config().languageModel().numHiddenLayers() + 1);
    for (int i = 1; i < states.size(); i++) {
      assertClose(
          name + " hidden state " + i,
          outputs.get(DecoderNames.hiddenState(i)),
          golden.floats(states.get(i)),
          HIDDEN_STATES);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void usesTheCheckpointsTowerWhenAskedTo(GoldenForward golden) throws IOException {
    JsonNode variant = golden.expected().path("checkpoint_tower_variant");
    assumeThat(variant.isMissingNode()).isFalse();
    JsonNode prompt = golden.prompts().get("single");
    try (LoadedModel model = golden.load(VisionTowerSource.Choice.CHECKPOINT);
        InferenceBackend backend = open(model)) {
      ForwardTrace trace =
          backend.trace(
              golden.images(prompt.path("images"), model.config()),
              golden.segments(GoldenFolder.ints(prompt.get("input_ids")), model.config()));

      compare(golden + " features", golden, variant.path("vision_features"), trace.imageFeatures());
      float[] logits = golden.floats(variant.path("prefill_logits"));
      assertThat(logits).isNotNull();
      assertClose(golden + " logits", trace.logits().values(), logits, LOGITS);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void answersEachSampleOfABatchWithItsOwnImage(GoldenForward golden) throws IOException {
    JsonNode batch = golden.expected().path("batch");
    JsonNode prepared = golden.expected().path("batch_prepare");
    List<JsonNode> results =
        Stream.of(stream(batch), stream(batch.path("results")), Stream.of(prepared))
            .flatMap(Function.identity())
            .filter(result -> result.has("input_ids"))
            .toList();
    assumeThat(results).isNotEmpty();
    try (LoadedModel model = golden.load(golden.tower());
        InferenceBackend backend = open(model)) {
      int compared = 0;
      for (JsonNode result : results) {
        JsonNode files = result.has("images") ? result.get("images") : batch.get("images_supplied");
        List<PixelValues> images = golden.images(files, model.config());
        for (int i = 0; i < images.size(); i++) {
          compared += compareSample(golden, result, i, images.get(i), model.config(), backend);
        }
      }
      assertThat(compared).isPositive();
    }
  }

  private static Stream<JsonNode> stream(JsonNode node) {
    return node.isArray() ? IntStream.range(0, node.size()).mapToObj(node::get) : Stream.empty();
  }

  private static int compareSample(
      GoldenForward golden,
      JsonNode result,
      int sample,
      PixelValues image,
      LlavaConfig config,
      InferenceBackend backend) {
    boolean recommended = result.has("recommended_last_real_logits");
    float[] expected =
        golden.floats(
            result.path(recommended ? "recommended_last_real_logits" : "last_real_logits"));
    JsonNode answers = result.path("greedy_ids");
    answers = answers.isMissingNode() ? result.path("greedy_left_padded").path("ids") : answers;
    int compared = 0;
    try (DecoderSession session = backend.openSession(config.contextLength())) {
      float[] logits =
          session.append(
              golden.segments(real(result, sample), config), encode(backend, List.of(image)));
      if (expected != null) {
        int v = logits.length;
        assertClose(
            golden + " sample " + sample,
            logits,
            Arrays.copyOfRange(expected, sample * v, (sample + 1) * v),
            LOGITS);
        compared++;
      }
      for (JsonNode id : answers.path(sample)) {
        if (lead(logits) > MARGIN) {
          assertThat(largest(logits)).as("%s sample %d", golden, sample).isEqualTo(id.asInt());
          compared++;
        }
        logits = session.append(List.of(TokenSegment.of(id.asInt())), List.of());
      }
    }
    return compared;
  }

  private static double lead(float[] logits) {
    float[] sorted = logits.clone();
    Arrays.sort(sorted);
    return sorted[sorted.length - 1] - sorted[sorted.length - 2];
  }

  /** Returns the ids of a sample without the padding. */
  private static int[] real(JsonNode result, int sample) {
    int[] ids = GoldenFolder.ints(result.get("input_ids").get(sample));
    int[] mask = GoldenFolder.ints(result.get("attention_mask").get(sample));
    int[] kept = new int[ids.length];
    int count = 0;
    for (int i = 0; i < ids.length; i++) {
      if (mask[i] != 0) {
        kept[count++] = ids[i];
      }
    }
    return Arrays.copyOf(kept, count);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void splicesEveryImageOfASample(GoldenForward golden) throws IOException {
    JsonNode sample = golden.expected().path("two_images_one_sample");
    float[] expected = golden.floats(sample.path("recommended").path("prefill_logits"));
    assumeThat(expected).isNotNull();
    try (LoadedModel model = golden.load(golden.tower());
        InferenceBackend backend = open(model)) {
      ForwardTrace trace =
          backend.trace(
              golden.images(sample.get("images"), model.config()),
              golden.segments(GoldenFolder.ints(sample.get("input_ids")), model.config()));

      assertClose(golden + " two images", trace.logits().values(), expected, LOGITS);
    }
  }
}
