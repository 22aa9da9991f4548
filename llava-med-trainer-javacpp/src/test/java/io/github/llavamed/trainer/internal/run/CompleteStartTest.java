package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.ImageLimits;
import io.github.llavamed.image.ImageProcessor;
import io.github.llavamed.image.ImageProcessorConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TensorAssert;
import io.github.llavamed.trainer.LibtorchBackendProvider;
import io.github.llavamed.trainer.data.EncodedSample;
import io.github.llavamed.trainer.internal.engine.BatchImage;
import io.github.llavamed.trainer.internal.engine.FeatureStore;
import io.github.llavamed.trainer.internal.engine.MicroBatch;
import io.github.llavamed.trainer.internal.engine.StageEngine;
import io.github.llavamed.trainer.internal.optim.Gradients;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.MaskAlignment;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingForecast;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.training.TrainingQuirks;
import io.github.llavamed.weights.Consolidation;
import io.github.llavamed.weights.WeightsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training that starts from v1.5 and Hugging Face checkpoints. */
class CompleteStartTest {
  private static final Path MODELS = GoldenFolder.committed("model");
  private static final String V1_5 = "v15-mlp2x";
  private static final String HF = "hf-mistral";

  @TempDir private Path directory;

  @BeforeAll
  static void loadLibtorch() {
    LibTorch.load();
    LibTorch.setThreads(1, true);
  }

  private TrainingConfig.Builder config(String model) throws IOException {
    return config(model, SAMPLES);
  }

  private TrainingConfig.Builder config(String model, String samples) throws IOException {
    Path data = directory.resolve("data.json");
    Files.writeString(data, samples);
    return TrainingConfig.builder()
        .modelNameOrPath(MODELS.resolve(model).resolve("checkpoint"))
        .dataPath(data)
        .imageFolder(MODELS.resolve(model).resolve("images"))
        .outputDir(directory.resolve("out"))
        .modelMaxLength(256)
        .learningRate(3e-3)
        .perDeviceTrainBatchSize(2)
        .maxSteps(4)
        .saveSteps(2)
        .threads(1)
        .seed(5);
  }

  private static final String SAMPLES =
      """
      [{"id": 0, "image": "a.png", "conversations": [
          {"from": "human", "value": "What is shown?\\n<image>"},
          {"from": "gpt", "value": "The lung."},
          {"from": "human", "value": "Really?"},
          {"from": "gpt", "value": "Yes."}]},
       {"id": 1, "conversations": [
          {"from": "human", "value": "Which organ is shown?"},
          {"from": "gpt", "value": "None."}]},
       {"id": 2, "image": "b.png", "conversations": [
          {"from": "human", "value": "<image>\\nIs there a fracture?"},
          {"from": "gpt", "value": "No."}]},
       {"id": 3, "image": "c.png", "conversatons": [
          {"from": "human", "value": "<image>"},
          {"from": "gpt", "value": "A scan of the chest."}]}]
      """;

  @Test
  void aBatchOfTheOriginalHasTheOriginalsLoss() throws IOException {
    JsonNode golden =
        GoldenFolder.json(MODELS.resolve(V1_5).resolve("expected.json")).get("batch_prepare");
    JsonNode result = golden.get("results").get(0);
    assertThat(result.get("tokenizer_padding_side").asText()).isEqualTo("right");
    TrainingConfig training =
        config(V1_5).visionTower(MODELS.resolve(V1_5).resolve("clip-tower")).build();
    try (StartModel start = StartModel.load(training)) {
      PromptSamples prompts = prompts(training, start);
      List<SampleLoader.Loaded> samples = new ArrayList<>();
      for (int i = 0; i < golden.get("input_ids").size(); i++) {
        int length = Arrays.stream(GoldenFolder.ints(golden.get("attention_mask").get(i))).sum();
        int[] ids = Arrays.copyOf(GoldenFolder.ints(golden.get("input_ids").get(i)), length);
        int[] labels = Arrays.copyOf(GoldenFolder.ints(golden.get("labels").get(i)), length);
        PromptSamples.Placed placed = prompts.place(i, new EncodedSample(ids, labels, length));
        Path image = MODELS.resolve(V1_5).resolve(golden.get("images").get(i).asText());
        samples.add(
            new SampleLoader.Loaded(
                i,
                placed.text(),
                placed.imageStarts().isEmpty() ? null : BatchImage.of(pixels(start, image)),
                placed.imageStarts()));
      }
      MicroBatch batch = collator(start).collate(samples);

      assertThat(batch.labels()).isDeepEqualTo(rows(result.get("labels")));
      double loss = RunParts.engine(training, start).accumulate(batch, 1);
      assertThat(loss).isCloseTo(result.get("loss").asDouble(), within(2e-5));
    }
  }

  private static SampleLoader open(TrainingConfig training, StartModel start) throws IOException {
    return SampleLoader.open(
        training, start.tokens(), start.config(), processor -> FeatureStore.NONE);
  }

  private static int[][] rows(JsonNode node) {
    int[][] rows = new int[node.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = GoldenFolder.ints(node.get(i));
    }
    return rows;
  }

  private static PromptSamples prompts(TrainingConfig training, StartModel start) {
    return PromptSamples.of(
        training, start.tokens().tokenizer(), start.tokens().padId(), llava(start));
  }

  private static LlavaConfig llava(StartModel start) {
    LlavaConfig config = start.config().llava();
    assertThat(config).isNotNull();
    return config;
  }

  private static Collator collator(StartModel start) {
    return new Collator(llava(start), start.tokens().padId(), false, TrainingQuirks.NONE);
  }

  private static float[] pixels(StartModel start, Path image) throws IOException {
    Path processor = start.config().processor();
    return ImageProcessor.create(
            processor == null
                ? ImageProcessorConfig.clip(llava(start).visionTower().imageSize())
                : ImageProcessorConfig.load(processor),
            llava(start).imageAspect(),
            ImageLimits.defaults())
        .process(ImageInput.of(image))
        .values();
  }

  @ParameterizedTest
  @ValueSource(strings = {V1_5, HF})
  void trainingSeesTheLogitsOfInference(String model) throws IOException {
    TrainingConfig training = config(model).build();
    try (StartModel start = StartModel.load(training);
        SampleLoader loader = open(training, start);
        PointerScope scope = new PointerScope()) {
      SampleLoader.Loaded sample = loader.load(0);
      StageEngine engine = RunParts.engine(training, start);
      float[] trained =
          TensorTransfer.toFloats(engine.trace(collator(start).collate(List.of(sample))).logits());

      float[] inferred = logits(training.modelNameOrPath(), start, sample);
      TensorAssert.isCloseTo(model, trained, inferred, 1e-4, 0);
    }
  }

  /** Asks the inference backend for the logits of a sample. */
  private static float[] logits(Path checkpoint, StartModel start, SampleLoader.Loaded sample)
      throws IOException {
    int[] ids = sample.text().inputIds();
    int rows = llava(start).imageFeatureCount();
    int image = sample.imageStarts().get(0);
    int size = llava(start).visionTower().imageSize();
    PixelValues pixels = new PixelValues(sample.image().pixels(), 3, size, size);
    List<InputSegment> segments =
        List.of(
            TokenSegment.of(Arrays.copyOf(ids, image)),
            new ImageSegment(0, 0, rows),
            TokenSegment.of(Arrays.copyOfRange(ids, image + rows, ids.length)));
    try (LoadedModel loaded = ModelLoader.load(checkpoint, LoadOptions.defaults());
        InferenceBackend backend =
            new LibtorchBackendProvider()
                .create(loaded.artifacts(), new BackendOptions(null, null, 1, null))) {
      return backend.trace(List.of(pixels), segments).logits().values();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {V1_5, HF})
  void gradientsAreTheSlopesOfTheLoss(String model) throws IOException {
    TrainingConfig training = config(model).build();
    try (StartModel start = StartModel.load(training);
        SampleLoader loader = open(training, start)) {
      MicroBatch batch = collator(start).collate(List.of(loader.load(0), loader.load(2)));
      StageEngine engine = RunParts.engine(training, start);
      ParamStore params = start.params();
      for (String name :
          List.of(
              "model.embed_tokens.weight",
              "model.mm_projector.0.weight",
              "model.mm_projector.2.bias",
              "model.layers.0.self_attn.k_proj.weight",
              "model.layers.1.self_attn.v_proj.weight",
              "model.layers.1.mlp.down_proj.weight",
              "lm_head.weight")) {
        Gradients.clear(params);
        engine.accumulate(batch, 1);
        Tensor gradient = Scopes.keepNoGrad(() -> params.get(name).grad().clone());
        double norm = gradient.norm().item_double();
        // Along the gradient the loss rises by its norm; more than rounding, less than a bend.
        double step = 1e-2;
        double high = shifted(engine, batch, params, name, gradient, step / norm);
        double low = shifted(engine, batch, params, name, gradient, -step / norm);
        assertThat((high - low) / (2 * step)).as(name).isCloseTo(norm, within(0.02 * norm));
        gradient.close();
      }
    }
  }

  private static double shifted(
      StageEngine engine,
      MicroBatch batch,
      ParamStore params,
      String name,
      Tensor direction,
      double factor) {
    Tensor before = Scopes.keepNoGrad(() -> params.get(name).clone());
    Scopes.runNoGrad(() -> params.get(name).add_(direction, new Scalar(factor)));
    double loss = engine.accumulate(batch, 1);
    Scopes.runNoGrad(() -> params.get(name).copy_(before));
    before.close();
    return loss;
  }

  @ParameterizedTest
  @ValueSource(strings = {V1_5, HF})
  void theResultIsAModelOfTheSameFamily(String model) throws IOException {
    TrainingConfig training = config(model).maxSteps(6).build();
    List<Double> losses = new ArrayList<>();
    try (TrainingRun run = TrainingRun.open(training, losses(losses))) {
      run.run();
    }
    assertThat(losses.get(losses.size() - 1)).isLessThan(losses.get(0) - 1);

    Path out = training.outputDir();
    Set<String> before = tensors(training.modelNameOrPath());
    assertThat(tensors(out)).isEqualTo(before);
    TrainingConfig again = training.toBuilder().modelNameOrPath(out).build();
    try (StartModel start = StartModel.load(again);
        SampleLoader loader = open(again, start);
        PointerScope scope = new PointerScope()) {
      SampleLoader.Loaded sample = loader.load(0);
      StageEngine engine = RunParts.engine(again, start);
      float[] trained =
          TensorTransfer.toFloats(engine.trace(collator(start).collate(List.of(sample))).logits());
      TensorAssert.isCloseTo(model, trained, logits(out, start, sample), 1e-4, 0);

      Path half = directory.resolve("half");
      Consolidation.consolidate(out, half, WeightsOptions.defaults());
      TensorAssert.isCloseTo(model, trained, logits(half, start, sample), 5e-2, 0);
    }
  }

  private static Set<String> tensors(Path checkpoint) throws IOException {
    try (Checkpoint files = Checkpoint.open(checkpoint)) {
      return new TreeSet<>(files.tensors().keySet());
    }
  }

  private static TrainingListener losses(List<Double> losses) {
    return new TrainingListener() {
      @Override
      public void stepCompleted(StepMetrics metrics) {
        losses.add(metrics.loss());
      }
    };
  }

  @ParameterizedTest
  @ValueSource(strings = {V1_5, HF})
  void foretellsTheRun(String model) throws IOException {
    TrainingConfig training = config(model).tuneMmMlpAdapter(true).build();

    TrainingForecast forecast = new LibtorchTrainer().forecast(training);

    try (TrainingRun run = TrainingRun.open(training, TrainingListener.NONE)) {
      assertThat(forecast.plan()).isEqualTo(run.plan());
    }
    assertThat(forecast.data().unusable()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {V1_5, HF})
  void stageOneTrainsTheProjectorAloneAndHandsItOn(String model) throws IOException {
    TrainingConfig training = config(model).tuneMmMlpAdapter(true).build();
    Map<String, float[]> weights = SmallRun.train(training, TrainingListener.NONE);
    String extension = model.equals(HF) ? ".safetensors" : ".bin";
    TrainingConfig next =
        config(model)
            .pretrainMmMlpAdapter(training.outputDir().resolve("mm_projector" + extension))
            .build();
    try (StartModel raw = StartModel.load(config(model).build());
        StartModel start = StartModel.load(next)) {
      Set<String> changed = new HashSet<>();
      Map<String, float[]> begun = SmallRun.weights(raw.params());
      weights.forEach(
          (name, values) -> {
            if (!Arrays.equals(values, begun.get(name))) {
              changed.add(name);
            }
          });
      assertThat(changed).isNotEmpty().allMatch(name -> name.startsWith("model.mm_projector."));
      SmallRun.weights(start.params())
          .forEach((name, values) -> assertThat(values).as(name).isEqualTo(weights.get(name)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {V1_5, HF})
  void aStoppedRunGoesOnBitForBit(String model) throws IOException {
    for (int rank : new int[] {0, 2}) {
      Path base = directory.resolve("rank" + rank);
      TrainingConfig training =
          config(model).loraRank(rank).outputDir(base.resolve("straight")).build();
      Map<String, float[]> straight = SmallRun.train(training, TrainingListener.NONE);
      TrainingConfig stopped = training.toBuilder().outputDir(base.resolve("stopped")).build();
      try (TrainingRun run = TrainingRun.open(stopped, TrainingListener.NONE)) {
        run.runUntil(2);
      }
      Map<String, float[]> resumed = SmallRun.train(stopped, TrainingListener.NONE);
      straight.forEach((name, values) -> assertThat(resumed.get(name)).as(name).isEqualTo(values));
    }
  }

  @ParameterizedTest
  @EnumSource(MaskAlignment.class)
  void onlyAnswersAndTheirEndsAreTrained(MaskAlignment alignment) throws IOException {
    for (String model : List.of(V1_5, HF)) {
      TrainingConfig training = config(model).maskAlignment(alignment).build();
      try (StartModel start = StartModel.load(training);
          SampleLoader loader = open(training, start)) {
        List<Integer> trained = new ArrayList<>();
        EncodedSample text = loader.load(0).text();
        for (int i = 0; i < text.labels().length; i++) {
          if (text.labels()[i] >= 0) {
            assertThat(text.labels()[i]).isEqualTo(text.inputIds()[i]);
            trained.add(text.labels()[i]);
          }
        }
        int[] ids = trained.stream().mapToInt(Integer::intValue).toArray();
        assertThat(start.tokens().tokenizer().decode(ids, false))
            .as("%s %s", model, alignment)
            .isEqualToIgnoringWhitespace("The lung. </s> Yes. </s>");
      }
    }
  }

  @Test
  void frozenWeightsInBfloat16TrainLikeFloat32OnesThatAreCastOnUse() throws IOException {
    TrainingConfig.Builder training = config(V1_5).precision(Precision.BF16).tuneMmMlpAdapter(true);
    List<Double> small = new ArrayList<>();
    SmallRun.train(training.build(), losses(small));
    List<Double> whole = new ArrayList<>();
    SmallRun.train(
        training.adapterOnly(false).outputDir(directory.resolve("whole")).build(), losses(whole));

    assertThat(small).isEqualTo(whole);
  }

  @Test
  void samplesThatDoNotFitTheirImageAreRefusedByNumber() throws IOException {
    String twice =
        SAMPLES.replace("\"Really?\"", "\"<image> Really?\"").replace("\"Which", "\"<image> Which");
    TrainingConfig training = config(V1_5, twice).build();
    TrainingConfig brief = config(V1_5, twice).modelMaxLength(10).build();
    TrainingConfig noFolder = config(V1_5, twice).imageFolder(null).build();
    try (StartModel start = StartModel.load(training);
        SampleLoader loader = open(training, start);
        SampleLoader cutting = open(brief, start);
        SampleLoader blind = open(noFolder, start)) {
      assertThatThrownBy(() -> loader.load(0))
          .isInstanceOf(InvalidTrainingDataException.class)
          .hasMessage(
              "sample 0: expected one place for each image, found 2 turns with <image> and one"
                  + " image");
      assertThatThrownBy(() -> loader.load(1))
          .isInstanceOf(InvalidTrainingDataException.class)
          .hasMessageContaining("sample 1")
          .hasMessageContaining("has no 'image'");
      assertThatThrownBy(() -> cutting.load(2))
          .isInstanceOf(InvalidTrainingDataException.class)
          .hasMessageContaining("sample 2")
          .hasMessageContaining("within an image");
      assertThatThrownBy(() -> blind.load(2))
          .isInstanceOf(InvalidTrainingDataException.class)
          .hasMessage("sample 2: image 'b.png': expected an imageFolder, found none");
    }
  }

  @Test
  void whatTheStartDecidesIsSaidInOneLine() throws IOException {
    try (StartModel start =
        StartModel.load(config(V1_5).imageAspectRatio(ImageAspect.SQUARE).build())) {
      assertThat(start.notes())
          .last()
          .asString()
          .contains("v1.5 checkpoint: text mistral_instruct, tower layer -2, markers off")
          .contains("aspect pad, tower: stored in the checkpoint");
    }
  }

  @Test
  void aTowerBesideAHuggingFaceCheckpointIsRefused() throws IOException {
    TrainingConfig training =
        config(HF).visionTower(MODELS.resolve(V1_5).resolve("clip-tower")).build();

    assertThatThrownBy(() -> StartModel.load(training))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("expected no visionTower");
  }
}
