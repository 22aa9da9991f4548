package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenForward;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Weights that stay in their files compute what packed ones compute. */
class MappedWeightsTest {
  private static final long SEED = 3;
  private static final int VOCABULARY = 97;

  @TempDir static Path directory;

  private final SyntheticModel model =
      SyntheticModel.of(
          SyntheticConfig.create().sizes(136, 200).heads(6, 2, 16).layers(3).positions(600).build(),
          SEED);

  private InferenceBackend open(Precision precision, WeightPlacement placement) {
    Precision tower = precision == Precision.FP32 ? Precision.FP32 : Precision.INT8;
    return new OnnxCpuProvider()
        .create(
            model.artifacts(directory),
            new BackendOptions(precision, null, 2, directory, tower, placement));
  }

  private static float[] append(DecoderSession session, int... ids) {
    return session.append(List.of(TokenSegment.of(ids)), List.of());
  }

  private static int[] ids(int count) {
    return new Random(SEED).ints(count, 0, VOCABULARY).toArray();
  }

  @Test
  void int8GivesTheSameBitsForPromptsTokensForksAndSteps() {
    try (InferenceBackend packed = open(Precision.INT8, WeightPlacement.PACKED);
        InferenceBackend mapped = open(Precision.INT8, WeightPlacement.MAPPED)) {
      List<List<float[]>> logits = List.of(logits(packed), logits(mapped));

      for (int i = 0; i < logits.get(0).size(); i++) {
        assertThat(logits.get(1).get(i)).as("logits %d", i).isEqualTo(logits.get(0).get(i));
      }
    }
  }

  /** Returns logits of all kinds of runs. */
  private static List<float[]> logits(InferenceBackend backend) {
    List<float[]> logits = new ArrayList<>();
    try (DecoderSession session = backend.openSession(500)) {
      logits.add(append(session, ids(70)));
      for (int id : ids(5)) {
        logits.add(append(session, id));
      }
      try (DecoderSession fork = session.fork()) {
        logits.add(append(fork, 4, 5, 6));
        try (DecoderBatch batch = session.openBatch(3, 500)) {
          batch.add(session);
          batch.add(fork);
          batch.add(session);
          for (int step = 0; step < 4; step++) {
            logits.addAll(List.of(batch.step(new int[] {step, 2 * step, 3 * step})));
          }
        }
      }
    }
    return logits;
  }

  @Test
  void anInt8TowerGivesTheSameBits() {
    int size = model.config().visionTower().imageSize();
    float[] pixels = new float[3 * size * size];
    Random random = new Random(SEED);
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) random.nextGaussian();
    }
    PixelValues image = new PixelValues(pixels, 3, size, size);
    try (InferenceBackend packed = open(Precision.INT8, WeightPlacement.PACKED);
        InferenceBackend mapped = open(Precision.INT8, WeightPlacement.MAPPED)) {
      assertThat(mapped.encode(image).values()).isEqualTo(packed.encode(image).values());
    }
  }

  @Test
  void fp32AgreesWithinRounding() {
    try (InferenceBackend packed = open(Precision.FP32, WeightPlacement.PACKED);
        InferenceBackend mapped = open(Precision.FP32, WeightPlacement.MAPPED)) {
      List<float[]> expected = logits(packed);
      List<float[]> actual = logits(mapped);
      for (int i = 0; i < expected.size(); i++) {
        assertThat(actual.get(i)).containsExactly(expected.get(i), within(2e-5f));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"FP32", "INT8"})
  void stepsOfSeveralSequencesGiveEachWhatItGetsAlone(Precision precision) {
    try (InferenceBackend backend = open(precision, WeightPlacement.MAPPED);
        DecoderSession first = backend.openSession(60);
        DecoderSession second = backend.openSession(60)) {
      append(first, ids(40));
      append(second, 7);
      try (DecoderBatch batch = first.openBatch(2, 60)) {
        batch.add(first);
        batch.add(second);
        float[][] together = batch.step(new int[] {5, 6});
        assertThat(together[0]).isEqualTo(append(first, 5));
        assertThat(together[1]).isEqualTo(append(second, 6));
      }
    }
  }

  @Test
  void saysWhereTheWeightsAre() {
    try (InferenceBackend packed = open(Precision.INT8, WeightPlacement.PACKED);
        InferenceBackend unasked =
            new OnnxCpuProvider()
                .create(
                    model.artifacts(directory),
                    new BackendOptions(Precision.INT8, null, 1, directory));
        InferenceBackend mapped = open(Precision.INT8, WeightPlacement.MAPPED)) {
      assertThat(packed.weightPlacement()).contains(WeightPlacement.PACKED);
      assertThat(unasked.weightPlacement()).contains(WeightPlacement.PACKED);
      assertThat(mapped.weightPlacement()).contains(WeightPlacement.MAPPED);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"INT4", "INT8_BLOCKS", "INT8_INT4", "INT8_INT8_BLOCKS"})
  void refusesPrecisionsInBlocks(Precision precision) {
    assertThatThrownBy(() -> open(precision, WeightPlacement.MAPPED))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("weights 'mapped' are not available in " + precision.id())
        .hasMessageContaining("available in: fp32, int8");
  }

  @Test
  void refusesASecondPackedCopy() {
    BackendOptions options =
        new BackendOptions(Precision.INT8, null, 1, directory)
            .withWeightPlacement(WeightPlacement.MAPPED);

    assertThatThrownBy(
            () ->
                new OnnxCpuProvider()
                    .create(
                        model.artifacts(directory),
                        options,
                        new OnnxBackendOptions(64, false, true)))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("prepackedCache")
        .hasMessageContaining("leave out one of the two");
  }

  static Stream<GoldenForward> goldenCases() throws IOException {
    return GoldenForward.all();
  }

  @Tag("golden")
  @ParameterizedTest(name = "{0}")
  @MethodSource("goldenCases")
  void goldenModelsGiveTheSameBitsInInt8(GoldenForward golden) throws IOException {
    BackendOptions options = new BackendOptions(Precision.INT8, null, 2, directory, Precision.INT8);
    try (LoadedModel loaded = golden.load(golden.tower());
        InferenceBackend packed = new OnnxCpuProvider().create(loaded.artifacts(), options);
        InferenceBackend mapped =
            new OnnxCpuProvider()
                .create(loaded.artifacts(), options.withWeightPlacement(WeightPlacement.MAPPED))) {
      for (JsonNode prompt : golden.prompts().values()) {
        ForwardTrace expected = trace(golden, loaded, prompt, packed);
        ForwardTrace actual = trace(golden, loaded, prompt, mapped);
        assertThat(actual.logits().values()).isEqualTo(expected.logits().values());
        try (DecoderSession one = packed.openSession(loaded.contextLength());
            DecoderSession other = mapped.openSession(loaded.contextLength())) {
          for (int id : new int[] {1, 9, 4, 30, 2}) {
            assertThat(append(other, id)).isEqualTo(append(one, id));
          }
        }
      }
    }
  }

  private static ForwardTrace trace(
      GoldenForward golden, LoadedModel model, JsonNode prompt, InferenceBackend backend) {
    return backend.trace(
        golden.images(prompt.path("images"), model.config()),
        golden.segments(GoldenFolder.ints(prompt.get("input_ids")), model.config()));
  }
}
