package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.ProjectorConfig;
import io.github.llavamed.model.ModelMismatchException;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.MultiModalProjector;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Partition;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.Sharding;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.weights.FloatMatrix;
import io.github.llavamed.weights.NewRows;
import io.github.llavamed.weights.VocabularyInitialization;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run's model before its first step: weights of the start, new rows, projector, tower.
 *
 * <p>Owns the tensors; {@link #close()} frees them.
 *
 * @param params all tensors, those of the tower last
 * @param config the configuration
 * @param tokens the tokenizer
 * @param vocabulary what became of embedding and head
 * @param names the names of tensors in the start's files, and in the result's
 * @param storedTower whether the tower is that of the start's weight files, and goes into the
 *     result's
 * @param notes what was chosen for the user, one line each
 */
record StartModel(
    ParamStore params,
    StartConfig config,
    StartTokenizer tokens,
    StartVocabulary vocabulary,
    DiskNames names,
    boolean storedTower,
    List<String> notes)
    implements AutoCloseable {
  /** The prefixes of towers, which are neither trained nor saved. */
  private static final List<String> TOWER_PREFIXES = List.of("vision_model.", "visual.trunk.");

  private static final String PROJECTOR_WEIGHT = MultiModalProjector.PREFIX + "0.weight";
  private static final String PROJECTOR_BIAS = MultiModalProjector.PREFIX + "0.bias";

  /** Copies the list. */
  StartModel {
    notes = List.copyOf(notes);
  }

  static boolean isTower(String name) {
    return TOWER_PREFIXES.stream().anyMatch(name::startsWith);
  }

  /**
   * Loads everything and chooses what is trained.
   *
   * @throws ModelMismatchException if tensors are missing, unknown or of other shapes
   */
  static StartModel load(TrainingConfig training) throws IOException {
    return CompleteStart.isAt(training.modelNameOrPath())
        ? CompleteStart.load(training)
        : loadV10(training);
  }

  private static StartModel loadV10(TrainingConfig training) throws IOException {
    StartTokenizer tokens = StartTokenizer.load(training);
    try (Checkpoint files = Checkpoint.open(training.modelNameOrPath());
        Adapter adapter = Adapter.open(training)) {
      Map<String, TensorData> stored = canonical(files);
      StartVocabulary vocabulary =
          StartVocabulary.of(
              tokens,
              require(stored, LlavaForConditionalGeneration.EMBED_TOKENS),
              require(stored, LlavaForConditionalGeneration.LM_HEAD),
              adapter.embedding(),
              NewRows.INITIALIZER_RANGE,
              training.seed());
      StartConfig config = StartConfig.of(training, vocabulary.rows());
      ParamStore params = new ParamStore(training.device(), partition(training));
      new Loader(training, config, tokens, vocabulary, params, stored).load(adapter);
      return new StartModel(params, config, tokens, vocabulary, DiskNames.V1_0, false, List.of());
    }
  }

  static @Nullable Partition partition(TrainingConfig training) {
    return training.sharding() == Sharding.NONE
        ? null
        : new Partition(
            training.ranks().rank(), training.ranks().worldSize(), name -> !isTower(name));
  }

  private static Map<String, TensorData> canonical(Checkpoint files) {
    Map<String, TensorData> tensors = new LinkedHashMap<>();
    for (TensorInfo info : files.tensors().values()) {
      // The angles are computed anew: stored ones may have been rounded.
      if (!info.name().endsWith(".rotary_emb.inv_freq")) {
        tensors.put(DiskNames.V1_0.toCanonical(info.name()), files.tensor(info.name()));
      }
    }
    return tensors;
  }

  private static TensorData require(Map<String, TensorData> stored, String name) {
    TensorData data = stored.get(name);
    if (data == null) {
      throw new ModelMismatchException("tensor '" + name + "': not in the start checkpoint");
    }
    return data;
  }

  /** The adapter file of a run, maybe none. */
  private record Adapter(@Nullable Checkpoint file, boolean withProjector)
      implements AutoCloseable {
    static Adapter open(TrainingConfig training) throws IOException {
      Path path = training.pretrainMmMlpAdapter();
      return new Adapter(
          path == null ? null : Checkpoint.open(path),
          !training.quirks().legacyIgnorePretrainedProjector());
    }

    @Nullable FloatMatrix embedding() {
      TensorData data = find(LlavaForConditionalGeneration.EMBED_TOKENS);
      return data == null ? null : StartVocabulary.matrix(data);
    }

    @Nullable TensorData projector(String name) {
      return withProjector ? find(name) : null;
    }

    private @Nullable TensorData find(String name) {
      String disk = DiskNames.V1_0.toDisk(name);
      return file != null && file.tensors().containsKey(disk) ? file.tensor(disk) : null;
    }

    @Override
    public void close() {
      if (file != null) {
        file.close();
      }
    }
  }

  /** Fills the store, in the order of the forward pass. */
  private static final class Loader {
    private final TrainingConfig training;
    private final StartConfig config;
    private final StartVocabulary vocabulary;
    private final ParamStore params;
    private final Map<String, TensorData> stored;
    private final StartTensors tensors;

    Loader(
        TrainingConfig training,
        StartConfig config,
        StartTokenizer tokens,
        StartVocabulary vocabulary,
        ParamStore params,
        Map<String, TensorData> stored) {
      this.training = training;
      this.config = config;
      this.vocabulary = vocabulary;
      this.params = params;
      this.stored = new LinkedHashMap<>(stored);
      this.tensors = new StartTensors(training, params, trained(tokens), DiskNames.V1_0);
    }

    private Set<String> trained(StartTokenizer tokens) {
      if (training.loraRank() > 0) {
        return Set.of();
      }
      List<String> names =
          new ArrayList<>(ModelShapes.body(config.languageModel(), vocabulary.rows()).keySet());
      boolean newProjector = !stored.containsKey(PROJECTOR_WEIGHT);
      if (config.llava() != null) {
        names.add(PROJECTOR_WEIGHT);
        names.add(PROJECTOR_BIAS);
      }
      names.add(LlavaForConditionalGeneration.LM_HEAD);
      return TrainableSet.of(names, training, vocabulary, tokens.markers(), newProjector);
    }

    void load(Adapter adapter) throws IOException {
      VocabularyInitialization made = vocabulary.made();
      ModelShapes.body(config.languageModel(), vocabulary.rows())
          .forEach((name, shape) -> put(name, shape, made == null ? null : made.embedding()));
      if (config.llava() != null) {
        projector(config.llava().projector(), adapter);
      }
      long[] headShape = {vocabulary.rows(), config.languageModel().hiddenSize()};
      put(LlavaForConditionalGeneration.LM_HEAD, headShape, made == null ? null : made.lmHead());
      if (!stored.isEmpty()) {
        throw new ModelMismatchException(
            "%s: expected the tensors of a LLaMA or v1.0.0 model, found also %s"
                .formatted(training.modelNameOrPath(), stored.keySet()));
      }
      if (training.visionTower() != null) {
        tower(training.visionTower());
      }
      tensors.finish();
    }

    private void put(String name, long[] shape, @Nullable FloatMatrix grown) {
      TensorData data = require(stored, name);
      stored.remove(name);
      boolean vocabularyMatrix =
          name.equals(LlavaForConditionalGeneration.EMBED_TOKENS)
              || name.equals(LlavaForConditionalGeneration.LM_HEAD);
      if (vocabularyMatrix && grown != null) {
        params.put(name, TensorTransfer.of(grown.values(), params.device(), shape));
      } else {
        tensors.load(name, data, shape);
      }
    }

    private void projector(ProjectorConfig projector, Adapter adapter) {
      Map<String, long[]> shapes = new LinkedHashMap<>();
      shapes.put(PROJECTOR_WEIGHT, new long[] {projector.outputSize(), projector.inputSize()});
      shapes.put(PROJECTOR_BIAS, new long[] {projector.outputSize()});
      Random random = new Random(training.seed()); // its algorithm is specified
      shapes.forEach(
          (name, shape) -> {
            TensorData own = stored.remove(name);
            TensorData data = adapter.projector(name) != null ? adapter.projector(name) : own;
            if (data == null) {
              float[] drawn = uniform(random, shape, projector.inputSize());
              params.put(name, TensorTransfer.of(drawn, params.device(), shape));
            } else {
              tensors.load(name, data, shape);
            }
          });
    }

    /** The default initialisation of a linear layer in PyTorch. */
    private static float[] uniform(Random random, long[] shape, int fanIn) {
      int count = Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact));
      double bound = 1 / Math.sqrt(fanIn);
      float[] values = new float[count];
      for (int i = 0; i < count; i++) {
        values[i] = (float) ((2 * random.nextDouble() - 1) * bound);
      }
      return values;
    }

    private void tower(Path directory) throws IOException {
      try (Checkpoint files = Checkpoint.open(directory)) {
        for (TensorInfo info : files.tensors().values()) {
          if (isTower(info.name()) && !info.name().endsWith("position_ids")) {
            tensors.tower(info.name(), files.tensor(info.name()));
          }
        }
      }
    }
  }

  @Override
  public void close() {
    params.close();
  }
}
