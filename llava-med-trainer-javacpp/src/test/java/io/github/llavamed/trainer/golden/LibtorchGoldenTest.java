package io.github.llavamed.trainer.golden;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenForward;
import io.github.llavamed.testing.TensorAssert;
import io.github.llavamed.trainer.LibtorchBackendProvider;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden model on {@code libtorch}: each stage of the prefill, and the answers. */
@Tag("golden")
class LibtorchGoldenTest {
  // Tolerances of the golden models' README.
  private static final double FEATURES = 2e-4;
  private static final double LOGITS = 1e-3;

  /** Smallest lead of the best id that must be reproduced. */
  private static final double MARGIN = 2e-3;

  static Stream<GoldenForward> cases() throws IOException {
    return GoldenForward.all();
  }

  private static InferenceBackend open(LoadedModel model) {
    return new LibtorchBackendProvider()
        .create(model.artifacts(), new BackendOptions(null, null, 1, null));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void answersLikeTheOriginal(GoldenForward golden) throws IOException {
    int compared = 0;
    try (LoadedModel model = golden.load(golden.tower());
        InferenceBackend backend = open(model)) {
      LlavaConfig config = model.config();
      for (Map.Entry<String, JsonNode> entry : golden.prompts().entrySet()) {
        String name = golden + " " + entry.getKey();
        JsonNode prompt = entry.getValue();
        List<PixelValues> images = golden.images(prompt.path("images"), config);
        List<InputSegment> segments =
            golden.segments(GoldenFolder.ints(prompt.get("input_ids")), config);
        compared += compareStages(name, golden, prompt, backend.trace(images, segments));
        List<ImageFeatures> features = images.stream().map(backend::encode).toList();
        try (DecoderSession session = backend.openSession(model.contextLength())) {
          float[] logits = session.append(segments, features);
          compared += compare(name, golden, prompt.path("last_logits"), logits, LOGITS);
          compared += decode(name, golden, prompt.path("greedy"), session, logits);
        }
      }
    }
    assertThat(compared).isPositive();
  }

  private static int compareStages(
      String name, GoldenForward golden, JsonNode prompt, ForwardTrace trace) {
    float[] embeds = trace.inputsEmbeds().values();
    return compare(
            name, golden, prompt.path("vision_features"), joined(trace.imageFeatures()), FEATURES)
        + compare(
            name, golden, prompt.path("projector_output"), joined(trace.projected()), FEATURES)
        + compare(name, golden, prompt.path("inputs_embeds"), embeds, FEATURES)
        + compare(name, golden, prompt.path("prefill_logits"), trace.logits().values(), LOGITS);
  }

  private static float[] joined(List<ForwardTrace.Matrix> matrices) {
    float[] all = new float[0];
    for (ForwardTrace.Matrix matrix : matrices) {
      int length = all.length;
      all = Arrays.copyOf(all, length + matrix.values().length);
      System.arraycopy(matrix.values(), 0, all, length, matrix.values().length);
    }
    return all;
  }

  private static int compare(
      String name, GoldenForward golden, JsonNode array, float[] actual, double tolerance) {
    float[] expected = golden.floats(array);
    if (expected == null) {
      return 0;
    }
    TensorAssert.isCloseTo(name, actual, expected, tolerance, 0);
    return 1;
  }

  /** Feeds the original's answer and compares the choice of each step. */
  private static int decode(
      String name, GoldenForward golden, JsonNode greedy, DecoderSession session, float[] first) {
    int[] ids = GoldenFolder.ints(greedy.path("ids"));
    float[] logits = first;
    int compared = 0;
    for (int step = 0; step < ids.length; step++) {
      JsonNode top = greedy.get("top5").get(step);
      if (top.get(0).get(1).asDouble() - top.get(1).get(1).asDouble() > MARGIN) {
        assertThat(largest(logits)).as("%s step %d", name, step).isEqualTo(ids[step]);
        compared++;
      }
      logits = session.append(List.of(TokenSegment.of(ids[step])), List.of());
    }
    return compared;
  }

  private static int largest(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }
}
