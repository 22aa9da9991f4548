package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TensorAssert;
import io.github.llavamed.trainer.internal.engine.FeatureStore;
import io.github.llavamed.trainer.internal.engine.MicroBatch;
import io.github.llavamed.trainer.internal.engine.StageEngine;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.TextVersion;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingQuirks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Batches, pixel values, tower features and one forward pass of the original. */
@Tag("golden")
class InputsGoldenTest {
  private static final Path FOLDER = TrainingCase.FOLDER;
  private static final int MAX_LENGTH = 256;

  // From the README of the golden folder.
  private static final double PIXELS = 1e-6;
  private static final double FEATURES = 2e-5;
  private static final double EMBEDDINGS = 1e-5;
  private static final double LOGITS = 1e-4;
  private static final double LOSS = 2e-5;
  private static final double SUM = 1e-4; // a sum of some 2000 float32 values

  @BeforeAll
  static void loadLibrary() {
    LibTorch.load();
  }

  private static TrainingConfig.Builder config(String start, String tower) {
    return TrainingConfig.builder()
        .modelNameOrPath(FOLDER.resolve("ckpt").resolve(start))
        .imageFolder(FOLDER.resolve("data/images"))
        .visionTower(FOLDER.resolve("tower").resolve(tower))
        .mmVisionSelectLayer(-2)
        .mmUseImStartEnd(true)
        .outputDir(Path.of("unused"))
        .modelMaxLength(MAX_LENGTH)
        .threads(1)
        .quirks(TrainingQuirks.ALL);
  }

  private static MicroBatch collate(TrainingConfig config, StartModel model, JsonNode items)
      throws IOException {
    try (SampleLoader loader =
        SampleLoader.open(config, model.tokens(), model.config(), processor -> FeatureStore.NONE)) {
      List<SampleLoader.Loaded> samples = new ArrayList<>();
      for (JsonNode item : items) {
        samples.add(loader.load(item.intValue()));
      }
      return new Collator(model.config().llava(), model.tokens().padId(), true, TrainingQuirks.ALL)
          .collate(samples);
    }
  }

  static Stream<String> batches() {
    List<String> names = new ArrayList<>();
    GoldenFolder.json(FOLDER.resolve("preprocess/batches.json"))
        .fieldNames()
        .forEachRemaining(names::add);
    assertThat(names).isNotEmpty();
    return names.stream();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("batches")
  void collatesLikeTheOriginal(String name) throws IOException {
    JsonNode expected = GoldenFolder.json(FOLDER.resolve("preprocess/batches.json")).get(name);
    String version = expected.get("version").asText().toUpperCase(Locale.ROOT);
    TrainingConfig config =
        config("start", "clip" + expected.get("tower").asText())
            .version(TextVersion.valueOf(version))
            .dataPath(FOLDER.resolve(expected.get("data").asText()))
            .build();
    MicroBatch batch;
    try (StartModel model = StartModel.load(config)) {
      batch = collate(config, model, expected.get("items"));
    }

    assertThat(batch.inputIds()).hasNumberOfRows(expected.get("items").size());
    for (int row = 0; row < batch.inputIds().length; row++) {
      assertThat(batch.inputIds()[row])
          .containsExactly(GoldenFolder.ints(expected.get("input_ids").get(row)));
      assertThat(batch.labels()[row])
          .containsExactly(GoldenFolder.ints(expected.get("labels").get(row)));
      int[] mask = GoldenFolder.ints(expected.get("attention_mask").get(row));
      for (int i = 0; i < mask.length; i++) {
        assertThat(batch.attentionMask()[row][i]).isEqualTo(mask[i] == 1);
      }
      double sum = 0;
      double absSum = 0;
      for (float value : batch.images().get(row).pixels()) {
        sum += value;
        absSum += Math.abs(value);
      }
      assertThat(sum).isCloseTo(expected.get("image_sums").get(row).doubleValue(), within(SUM));
      assertThat(absSum)
          .isCloseTo(expected.get("image_abs_sums").get(row).doubleValue(), within(SUM));
    }
  }

  static Stream<String> towers() {
    return Stream.of("clip28", "clip56")
        .filter(tower -> Files.isDirectory(FOLDER.resolve("tower").resolve(tower)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("towers")
  void readsPixelsLikeTheOriginal(String tower) throws IOException {
    ImageProcessorConfig numbers =
        ImageProcessorConfig.load(FOLDER.resolve("tower").resolve(tower));
    int checked = 0;
    try (Checkpoint expected = Checkpoint.open(FOLDER.resolve("features/features.safetensors"))) {
      for (String name : expected.tensors().keySet()) {
        String prefix = tower + ".pad.";
        if (name.startsWith(prefix)) {
          ImageProcessor processor =
              ImageProcessor.create(numbers, ImageAspect.PAD, ImageLimits.defaults());
          Path file = FOLDER.resolve("data/images").resolve(name.substring(prefix.length()));
          TensorAssert.isCloseTo(
              name,
              processor.process(ImageInput.of(file)).values(),
              expected.tensor(name).toFloats(),
              PIXELS,
              0);
          checked++;
        }
      }
    }
    assertThat(checked).isPositive();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("towers")
  void encodesImagesLikeTheOriginal(String tower) throws IOException {
    try (Checkpoint expected = Checkpoint.open(FOLDER.resolve("features/features.safetensors"))) {
      long[] shape = expected.tensors().get(tower + ".pixel_values").shape().toArray();
      float[] pixels = expected.tensor(tower + ".pixel_values").toFloats();
      for (boolean rounded : new boolean[] {true, false}) {
        TrainingConfig config =
            config("start", tower)
                .dataPath(FOLDER)
                .quirks(rounded ? TrainingQuirks.ALL : TrainingQuirks.NONE)
                .build();
        String name =
            tower + (rounded ? ".hidden_m2_float16_rounded_weights" : ".hidden_m2_exact_weights");
        try (StartModel model = StartModel.load(config);
            PointerScope scope = new PointerScope()) {
          Tensor features =
              RunParts.model(config, model).imageFeatures(Tensor.create(pixels, shape));
          TensorAssert.isCloseTo(
              name,
              TensorTransfer.toFloats(features),
              expected.tensor(name).toFloats(),
              FEATURES,
              0);
        }
      }
    }
  }

  @Test
  void runsForwardLikeTheOriginal() throws IOException {
    assumeThat(FOLDER.resolve("features/forward.safetensors")).exists();
    try (Checkpoint expected = Checkpoint.open(FOLDER.resolve("features/forward.safetensors"))) {
      TrainingConfig config =
          config(Path.of(expected.metadata().get("start")).getFileName().toString(), "clip28")
              .dataPath(FOLDER.resolve(expected.metadata().get("data")))
              .build();
      JsonNode items = new ObjectMapper().readTree(expected.metadata().get("items"));
      try (StartModel model = StartModel.load(config);
          PointerScope scope = new PointerScope()) {
        MicroBatch batch = collate(config, model, items);
        StageEngine engine = RunParts.engine(config, model);
        StageEngine.Trace trace = engine.trace(batch);

        compare(expected, "inputs_embeds", trace.inputsEmbeds(), EMBEDDINGS);
        // Places of padding see other padding here; nothing ever reads them.
        Tensor real = Tensor.create(flat(batch.attentionMask())).nonzero().flatten();
        TensorAssert.isCloseTo(
            "last hidden state",
            TensorTransfer.toFloats(trace.lastHidden().flatten(0, 1).index_select(0, real)),
            TensorTransfer.toFloats(
                Tensor.create(
                        expected.tensor("last_hidden_after_norm").toFloats(),
                        TensorTransfer.sizes(trace.lastHidden()))
                    .flatten(0, 1)
                    .index_select(0, real)),
            LOGITS,
            0);
        long length = trace.logits().size(1);
        Tensor last = trace.logits().select(0, 0).narrow(0, length - 16, 16); // [16, v]
        compare(expected, "logits_sample0_last16", last, LOGITS);
        assertThat(engine.accumulate(batch, 1))
            .isCloseTo(expected.tensor("loss").toFloats()[0], within(LOSS));
      }
    }
  }

  private static boolean[] flat(boolean[][] rows) {
    boolean[] flat = new boolean[rows.length * rows[0].length];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, flat, i * rows[i].length, rows[i].length);
    }
    return flat;
  }

  private static void compare(Checkpoint expected, String name, Tensor found, double tolerance) {
    TensorAssert.isCloseTo(
        name, TensorTransfer.toFloats(found), expected.tensor(name).toFloats(), tolerance, 0);
  }
}
