package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.InferenceBackendProvider;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenForward;
import io.github.llavamed.testing.TensorAssert;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds {@code onnx-cpu} against {@code libtorch}: two engines, one set of weights. */
@Tag("golden")
class CrossBackendTest {
  /** Tolerance of the golden models' own description, which the two may spend in opposite ways. */
  private static final double LOGITS = 2e-3;

  /** Logits have a standard deviation of 2.5; bfloat16 has eight bits. */
  private static final double BFLOAT16_RMS = 0.1;

  private static final int NEW_TOKENS = 8;

  /** A lead within this may go either way. */
  private static final double MARGIN = 2 * LOGITS;

  @TempDir Path cache;

  static Stream<GoldenForward> cases() throws IOException {
    return GoldenForward.all();
  }

  private InferenceBackend open(String id, LoadedModel model, Precision precision) {
    return ServiceLoader.load(InferenceBackendProvider.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(provider -> provider.id().equals(id))
        .findFirst()
        .orElseThrow()
        .create(model.artifacts(), new BackendOptions(precision, null, 1, cache));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void logitsAndChosenIdsAreEqual(GoldenForward golden) throws IOException {
    try (LoadedModel model = golden.load(golden.tower());
        InferenceBackend onnx = open("onnx-cpu", model, Precision.FP32);
        InferenceBackend torch = open("libtorch", model, Precision.FP32);
        InferenceBackend half = open("libtorch", model, Precision.BF16)) {
      int chosen = 0;
      for (JsonNode prompt : golden.prompts().values()) {
        List<PixelValues> images = golden.images(prompt.path("images"), model.config());
        List<InputSegment> segments =
            golden.segments(GoldenFolder.ints(prompt.get("input_ids")), model.config());
        ForwardTrace expected = torch.trace(images, segments);
        float[] logits = onnx.trace(images, segments).logits().values();

        String name = golden + " " + segments.size();
        TensorAssert.isCloseTo(name, logits, expected.logits().values(), LOGITS, 0);
        assertThat(rms(logits, half.trace(images, segments).logits().values()))
            .as(name)
            .isPositive()
            .isLessThan(BFLOAT16_RMS);
        chosen += sameIds(name, onnx, torch, images, segments);
      }
      assertThat(chosen).as(golden + ": ids with a clear lead").isGreaterThan(NEW_TOKENS);
    }
  }

  private static double rms(float[] one, float[] other) {
    assertThat(one).hasSameSizeAs(other);
    double sum = 0;
    for (int i = 0; i < one.length; i++) {
      double difference = (double) one[i] - other[i];
      sum += difference * difference;
    }
    return Math.sqrt(sum / one.length);
  }

  /**
   * Lets both answer, and stops where the best two ids are as good as each other; returns how many
   * ids were equal.
   */
  private static int sameIds(
      String name,
      InferenceBackend onnx,
      InferenceBackend torch,
      List<PixelValues> images,
      List<InputSegment> segments) {
    int capacity = segments.stream().mapToInt(InputSegment::length).sum() + NEW_TOKENS;
    List<Integer> chosen = new ArrayList<>();
    try (DecoderSession one = onnx.openSession(capacity);
        DecoderSession other = torch.openSession(capacity)) {
      float[] mine = one.append(segments, features(onnx, images));
      float[] theirs = other.append(segments, features(torch, images));
      for (int i = 0; i < NEW_TOKENS && lead(theirs) > MARGIN; i++) {
        int id = best(theirs);
        assertThat(best(mine)).as("%s after %s", name, chosen).isEqualTo(id);
        chosen.add(id);
        List<InputSegment> next = List.of(TokenSegment.of(id));
        mine = one.append(next, List.of());
        theirs = other.append(next, List.of());
      }
    }
    return chosen.size();
  }

  private static List<ImageFeatures> features(InferenceBackend backend, List<PixelValues> images) {
    return images.stream().map(backend::encode).toList();
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      best = logits[i] > logits[best] ? i : best;
    }
    return best;
  }

  private static double lead(float[] logits) {
    int best = best(logits);
    double second = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < logits.length; i++) {
      second = i == best ? second : Math.max(second, logits[i]);
    }
    return logits[best] - second;
  }
}
