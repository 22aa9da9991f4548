package io.github.llavamed.weights;

import static io.github.llavamed.weights.TinyModels.EMBEDDING;
import static io.github.llavamed.weights.TinyModels.HEAD;
import static io.github.llavamed.weights.TinyModels.INV_FREQ;
import static io.github.llavamed.weights.TinyModels.PROJECTOR;
import static io.github.llavamed.weights.TinyModels.PROJECTOR_BIAS;
import static io.github.llavamed.weights.TinyModels.Q_PROJ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.internal.FloatFormats;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DeltaWeightsTest {
  /** A matrix of this size has several chunks. */
  private static final int LARGE = 640;

  private static final int C = 8;

  @TempDir private Path temp;

  @Test
  void givesBackTheModelWithinTheRoundingAndWhatOnlyItHasExactly() throws IOException {
    TinyModels llama = TinyModels.llama(1, 10, C);
    TinyModels llava =
        TinyModels.llava(2, 14, C)
            .with("model.norm.weight", Shape.of(C), llama.values("model.norm.weight"));
    Path base = llama.write(temp.resolve("base"));
    Path target = llava.write(temp.resolve("target"));

    DeltaWeights.make(base, target, temp.resolve("delta"), WeightsOptions.defaults());
    DeltaWeights.apply(base, temp.resolve("delta"), temp.resolve("out"), WeightsOptions.defaults());

    try (Checkpoint wanted = Checkpoint.open(target);
        Checkpoint delta = Checkpoint.open(temp.resolve("delta"));
        Checkpoint found = Checkpoint.open(temp.resolve("out"))) {
      assertThat(delta.tensor("model.norm.weight").toFloats()).containsOnly(0f);
      for (String name : wanted.tensors().keySet()) {
        float[] a = wanted.tensor(name).toFloats();
        float[] b = found.tensor(name).toFloats();
        for (int i = 0; i < a.length; i++) {
          boolean added =
              name.contains("embed") || name.equals(HEAD)
                  ? i < 10 * C
                  : !name.contains("projector");
          double bound = added ? 0x1p-10 * Math.max(Math.abs(a[i]), 0.5) + 0x1p-24 : 0;
          assertThat(Math.abs((double) a[i] - b[i]))
              .as("%s[%d]", name, i)
              .isLessThanOrEqualTo(bound);
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"F16", "BF16", "F32"})
  void computesInTheElementTypeOfTheOutput(DType dtype) throws IOException {
    TinyModels llama = TinyModels.llama(1, 10, C).storedAs(DType.F32);
    TinyModels llava = TinyModels.llava(2, 14, C).storedAs(DType.F32);
    Path base = llama.write(temp.resolve("base"));
    Path delta = llava.write(temp.resolve("delta"));
    UnaryOperator<Float> cast =
        switch (dtype) {
          case F16 -> x -> FloatFormats.fromF16(FloatFormats.toF16(x));
          case BF16 -> x -> FloatFormats.fromBf16(FloatFormats.toBf16(x));
          default -> x -> x;
        };

    DeltaWeights.apply(base, delta, temp.resolve("out"), options().dtype(dtype).build());

    try (Checkpoint found = Checkpoint.open(temp.resolve("out"))) {
      for (String name : found.tensors().keySet()) {
        assertThat(found.tensors().get(name).dtype()).isEqualTo(dtype);
        float[] values = found.tensor(name).toFloats();
        float[] ours = llava.values(name);
        float[] theirs = llama.values(name);
        for (int i = 0; i < values.length; i++) {
          float d = cast.apply(ours[i]);
          boolean shared = theirs != null && i < theirs.length;
          float expected = shared ? cast.apply(d + cast.apply(theirs[i])) : d;
          assertThat(values[i]).as("%s[%d]", name, i).isEqualTo(expected);
        }
      }
    }
    String name = GoldenFolder.json(temp.resolve("out/config.json")).get("torch_dtype").asText();
    assertThat(name)
        .isEqualTo(
            switch (dtype) {
              case F16 -> "float16";
              case BF16 -> "bfloat16";
              default -> "float32";
            });
  }

  @Test
  void refusesOtherElementTypes() {
    assertThatThrownBy(() -> options().dtype(DType.F64))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void countsWhatIsNotFinite() throws IOException {
    float[] large = new float[C * C];
    Arrays.fill(large, 40000);
    large[0] = Float.NaN;
    Path base =
        TinyModels.llama(1, 10, C).with(Q_PROJ, Shape.of(C, C), large).write(temp.resolve("base"));
    Path delta =
        TinyModels.llava(2, 10, C).with(Q_PROJ, Shape.of(C, C), large).write(temp.resolve("delta"));

    WeightsReport report = DeltaWeights.apply(base, delta, temp.resolve("out"), verified());

    assertThat(report.notFinite()).hasSize(1);
    assertThat(report.notFinite().get(0))
        .extracting(TensorOutcome::name, TensorOutcome::nanCount, TensorOutcome::infinityCount)
        .containsExactly(Q_PROJ, 1L, C * C - 1L);
  }

  @Test
  void reportsWhatBecameOfEachTensor() throws IOException {
    Path base = TinyModels.llama(1, 10, C).with("model.extra", 3).write(temp.resolve("base"));
    Path delta = TinyModels.llava(2, 14, C).write(temp.resolve("delta"));

    WeightsReport report = DeltaWeights.apply(base, delta, temp.resolve("out"), verified());

    assertThat(report.verified()).isTrue();
    assertThat(report.tensors(TensorAction.COPIED))
        .extracting(TensorOutcome::name)
        .containsExactly(PROJECTOR, PROJECTOR_BIAS);
    assertThat(report.tensors(TensorAction.ADDED)).hasSize(12);
    assertThat(report.tensors()).first().extracting(TensorOutcome::name).isEqualTo(EMBEDDING);
    assertThat(report.tensors()).last().extracting(TensorOutcome::name).isEqualTo(HEAD);
    assertThat(report.notes()).singleElement().asString().contains("model.extra");
    assertThat(report.copiedFiles()).containsExactly("tokenizer.model", "tokenizer_config.json");
    assertThat(report.byteSize())
        .isEqualTo(report.tensors().stream().mapToLong(TensorOutcome::byteSize).sum());
    assertThat(temp.resolve("out/tokenizer.model")).hasContent("tokenizer of " + delta);
  }

  @Test
  void takesTheProjectorOfADeltaWithAnOldConfiguration() throws IOException {
    TinyModels old = TinyModels.llava(2, 14, C);
    old.config().put("model_type", "llama");
    Path base = TinyModels.llama(1, 10, C).write(temp.resolve("base"));
    Path delta = old.write(temp.resolve("delta"));

    DeltaWeights.apply(base, delta, temp.resolve("out"), verified());

    var config = GoldenFolder.json(temp.resolve("out/config.json"));
    assertThat(config.get("model_type").asText()).isEqualTo("llava");
    assertThat(config.get("architectures").toString()).isEqualTo("[\"LlavaLlamaForCausalLM\"]");
  }

  @Test
  void refusesToUpgradeAModelOfSeveralClasses() throws IOException {
    TinyModels old = TinyModels.llava(2, 14, C);
    old.config().put("model_type", "llama").putArray("architectures").add("A").add("B");
    Path base = TinyModels.llama(1, 10, C).write(temp.resolve("base"));
    Path target = old.write(temp.resolve("target"));

    assertThatThrownBy(
            () ->
                DeltaWeights.make(
                    base, target, temp.resolve("out"), options().upgradeConfig(true).build()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("exactly one class");
    assertThat(temp.resolve("out")).doesNotExist();
  }

  @Test
  void recomputesRotaryFrequenciesOrLeavesThemOut() throws IOException {
    Shape pairs = Shape.of(2);
    Path base =
        TinyModels.llama(1, 10, C)
            .with(INV_FREQ, pairs, new float[] {7, 7})
            .write(temp.resolve("base"));
    Path target = TinyModels.llava(2, 14, C).write(temp.resolve("target"));

    DeltaWeights.make(base, target, temp.resolve("delta"), verified());
    DeltaWeights.apply(base, temp.resolve("delta"), temp.resolve("out"), verified());
    DeltaWeights.apply(
        base, temp.resolve("delta"), temp.resolve("without"), options().keepInvFreq(false).build());

    try (Checkpoint delta = Checkpoint.open(temp.resolve("delta"));
        Checkpoint out = Checkpoint.open(temp.resolve("out"));
        Checkpoint without = Checkpoint.open(temp.resolve("without"))) {
      assertThat(delta.tensor(INV_FREQ).toFloats()).containsExactly(0, 0);
      assertThat(out.tensors().get(INV_FREQ).dtype()).isEqualTo(DType.F32);
      assertThat(out.tensor(INV_FREQ).toFloats()).containsExactly(1, 0.01f);
      assertThat(without.tensors()).doesNotContainKey(INV_FREQ);
    }
  }

  @Test
  void listsEveryMissingTensor() throws IOException {
    Path base = TinyModels.llama(1, 10, C).write(temp.resolve("base"));
    Path delta =
        TinyModels.llava(2, 14, C)
            .without(Q_PROJ)
            .without(PROJECTOR_BIAS)
            .without(HEAD)
            .write(temp.resolve("delta"));

    assertFails(base, delta, MissingTensorsException.class, Q_PROJ, PROJECTOR_BIAS, HEAD);
    assertFails(delta, base, MissingTensorsException.class, Q_PROJ, PROJECTOR_BIAS, HEAD);
  }

  @Test
  void namesTheFirstTensorThatTheBaseLacks() throws IOException {
    Path base = TinyModels.llama(1, 10, C).write(temp.resolve("base"));
    Path delta =
        TinyModels.llava(2, 14, C).with("model.some.weight", 3).write(temp.resolve("delta"));

    assertFails(
        base, delta, IncompatibleWeightsException.class, "model.some.weight not in base model");
  }

  @Test
  void namesBothShapesOfAMismatch() throws IOException {
    Path base = TinyModels.llama(1, 10, C).with(Q_PROJ, C, 3).write(temp.resolve("base"));
    Path delta = TinyModels.llava(2, 14, C).write(temp.resolve("delta"));

    assertFails(
        base,
        delta,
        IncompatibleWeightsException.class,
        Q_PROJ + " dimension mismatch: torch.Size([8, 8]) vs torch.Size([8, 3])");
  }

  @Test
  void refusesABaseWithMoreRowsOrOtherColumns() throws IOException {
    Path delta = TinyModels.llava(2, 14, C).write(temp.resolve("delta"));
    Path tall = TinyModels.llama(1, 15, C).write(temp.resolve("tall"));
    Path wide = TinyModels.llama(1, 10, C).with(EMBEDDING, 10, C + 1).write(temp.resolve("wide"));
    Path narrow = TinyModels.llama(1, 10, C).with(HEAD, 10, C - 1).write(temp.resolve("narrow"));

    assertFails(tall, delta, IncompatibleWeightsException.class, EMBEDDING, "15", "more rows");
    assertFails(wide, delta, IncompatibleWeightsException.class, EMBEDDING, "more columns");
    assertFails(
        narrow,
        delta,
        IncompatibleWeightsException.class,
        HEAD + " dimension mismatch: torch.Size([14, 8]) vs torch.Size([10, 7])");
  }

  @Test
  void explainsARawMetaCheckpoint() throws IOException {
    Path delta = TinyModels.llava(2, 14, C).write(temp.resolve("delta"));
    Path meta = Files.createDirectory(temp.resolve("meta"));
    Files.writeString(meta.resolve("consolidated.00.pth"), "");

    assertFails(meta, delta, UnsupportedModelException.class, "Hugging Face layout", "convert");
  }

  @Test
  void refusesModelsOfOtherFamilies() throws IOException {
    Path base = TinyModels.llama(1, 10, C).write(temp.resolve("base"));
    TinyModels mistral = TinyModels.llava(2, 14, C);
    mistral.config().put("model_type", "llava_mistral");
    Path delta = mistral.write(temp.resolve("delta"));

    assertFails(delta, base, UnsupportedModelException.class, "llava_mistral");
  }

  @Test
  void refusesWhatIsNotALocalDirectory() throws IOException {
    Path delta = TinyModels.llava(2, 14, C).write(temp.resolve("delta"));
    Path empty = Files.createDirectory(temp.resolve("empty"));

    assertFails(Path.of("decapoda-research/llama-7b-hf"), delta, NoSuchFileException.class, "hub");
    assertFails(empty, delta, NoSuchFileException.class, "config.json");
  }

  @Test
  void refusesATargetWithFilesAndReplacesThemWhenAllowed() throws IOException {
    Path base = TinyModels.llama(1, 10, C).write(temp.resolve("base"));
    Path delta = TinyModels.llava(2, 14, C).write(temp.resolve("delta"));
    Path target = TinyModels.llama(3, 5, 2).write(temp.resolve("target"));

    assertThatThrownBy(() -> DeltaWeights.apply(base, delta, target, verified()))
        .isInstanceOf(FileAlreadyExistsException.class);
    DeltaWeights.apply(
        base, delta, target, options().overwrite(true).format(WeightsFormat.TORCH).build());

    try (Checkpoint found = Checkpoint.open(target)) {
      assertThat(found.source()).hasFileName("pytorch_model.bin");
      assertThat(found.tensors()).containsKey(PROJECTOR);
    }
    assertThatThrownBy(
            () -> DeltaWeights.apply(base, delta, delta, options().overwrite(true).build()))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("no input");
  }

  @ParameterizedTest
  @EnumSource(WeightsFormat.class)
  void spreadsShardsInTheOrderOfTheModel(WeightsFormat format) throws IOException {
    Path base = TinyModels.llama(1, 10, C).write(temp.resolve("base"));
    Path delta = TinyModels.llava(2, 14, C).write(temp.resolve("delta"));

    WeightsReport report =
        DeltaWeights.apply(
            base,
            delta,
            temp.resolve("out"),
            options().format(format).maxShardBytes(400).verify(true).build());

    try (Checkpoint found = Checkpoint.open(temp.resolve("out"))) {
      List<Path> files = new ArrayList<>();
      report.tensors().forEach(tensor -> files.add(found.tensors().get(tensor.name()).file()));
      assertThat(files).isSorted();
      assertThat(found.files()).hasSizeGreaterThan(4);
    }
  }

  @Test
  void tellsTheProgressUpToTheEnd() throws IOException {
    Path base = TinyModels.llama(1, 10, C).write(temp.resolve("base"));
    Path delta = TinyModels.llava(2, 14, C).write(temp.resolve("delta"));
    List<ProgressListener.Progress> heard = new ArrayList<>();

    WeightsReport report =
        DeltaWeights.apply(
            base, delta, temp.resolve("out"), options().listener(heard::add).build());

    assertThat(heard).extracting(ProgressListener.Progress::bytesDone).isSorted();
    assertThat(heard)
        .last()
        .extracting(ProgressListener.Progress::bytesDone)
        .isEqualTo(report.byteSize());
    assertThat(heard).allMatch(progress -> progress.bytesTotal() == report.byteSize());
  }

  /** Tensors of several chunks, which are computed side by side. */
  @Test
  void handsOverTheChunksOfLargeTensorsInOrder() throws IOException {
    Path base = TinyModels.llama(1, 10, LARGE).write(temp.resolve("base"));
    Path delta = TinyModels.llava(2, 14, LARGE).write(temp.resolve("delta"));

    DeltaWeights.apply(base, delta, temp.resolve("out"), options().verify(true).build());

    try (Checkpoint from = Checkpoint.open(base);
        Checkpoint more = Checkpoint.open(delta);
        Checkpoint made = Checkpoint.open(temp.resolve("out"))) {
      float[] first = from.tensor(TinyModels.Q_PROJ).toFloats();
      float[] second = more.tensor(TinyModels.Q_PROJ).toFloats();
      float[] sum = made.tensor(TinyModels.Q_PROJ).toFloats();
      assertThat(sum).hasSize(LARGE * LARGE);
      for (int i = 0; i < sum.length; i++) {
        if (sum[i] != FloatFormats.fromF16(FloatFormats.toF16(first[i] + second[i]))) {
          assertThat(sum[i]).as("element %d", i).isEqualTo(first[i] + second[i]);
        }
      }
    }
  }

  @Test
  void leavesNothingWhenALargeTensorFails() throws IOException {
    Path base = TinyModels.llama(1, 10, LARGE).write(temp.resolve("base"));
    Path delta = TinyModels.llava(2, 14, LARGE).write(temp.resolve("delta"));
    ProgressListener full =
        progress -> {
          if (progress.bytesDone() > progress.bytesTotal() / 2) {
            throw new IllegalStateException("no space left on device");
          }
        };

    assertThatThrownBy(
            () ->
                DeltaWeights.apply(
                    base, delta, temp.resolve("out"), options().listener(full).build()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(temp.toFile().list()).containsExactlyInAnyOrder("base", "delta");
  }

  @ParameterizedTest
  @EnumSource(WeightsFormat.class)
  void leavesNothingWhenItIsInterrupted(WeightsFormat format) throws IOException {
    Path base = TinyModels.llama(1, 10, C).write(temp.resolve("base"));
    Path delta = TinyModels.llava(2, 14, C).write(temp.resolve("delta"));
    ProgressListener full =
        progress -> {
          if (progress.bytesDone() > progress.bytesTotal() / 2) {
            throw new IllegalStateException("no space left on device");
          }
        };

    assertThatThrownBy(
            () ->
                DeltaWeights.apply(
                    base,
                    delta,
                    temp.resolve("out"),
                    options().format(format).listener(full).build()))
        .isInstanceOf(IllegalStateException.class);
    assertThat(temp.toFile().list()).containsExactlyInAnyOrder("base", "delta");
  }

  private void assertFails(
      Path base, Path delta, Class<? extends Exception> type, String... words) {
    assertThatThrownBy(() -> DeltaWeights.apply(base, delta, temp.resolve("out"), verified()))
        .isInstanceOf(type)
        .hasMessageContainingAll(words);
    assertThat(temp.toFile().list()).isNotEmpty().noneMatch(name -> name.contains("out"));
  }

  private static WeightsOptions.Builder options() {
    return WeightsOptions.builder();
  }

  private static WeightsOptions verified() {
    return options().verify(true).build();
  }
}
