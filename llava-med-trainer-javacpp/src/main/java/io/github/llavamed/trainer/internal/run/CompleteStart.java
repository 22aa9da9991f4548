package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorSource;
import io.github.llavamed.config.ConfigOptions;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.LlavaConfigReader;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.tokenizer.SpecialTokens;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.MultiModalProjector;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.training.TextVersion;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Starts from v1.5 and Hugging Face checkpoints, which hold all parts: nothing is added to them.
 *
 * <p>Their configuration decides about the tower's layer, markers and the aspect of images.
 */
final class CompleteStart {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String CONFIG = "config.json";
  private static final String LM_HEAD = LlavaForConditionalGeneration.LM_HEAD;

  private CompleteStart() {}

  /** Returns whether a directory holds such a checkpoint. */
  static boolean isAt(Path directory) throws IOException {
    Path file = directory.resolve(CONFIG);
    if (!Files.isRegularFile(file)) {
      return false;
    }
    // A plain decoder belongs to no family.
    String type = JSON.readTree(Files.readAllBytes(file)).path("model_type").asText();
    return type.startsWith("llava")
        && LlavaConfigReader.family(directory, ConfigOptions.defaults()) != ModelFamily.LLAVA_V1_0;
  }

  /** Loads everything and chooses what is trained. */
  static StartModel load(TrainingConfig training) throws IOException {
    Path start = training.modelNameOrPath();
    LoadOptions options = LoadOptions.defaults();
    Path tower = training.visionTower();
    if (tower != null) {
      if (LlavaConfigReader.family(start, options.config()) == ModelFamily.HF_LLAVA) {
        throw new UnsupportedModelException(
            start
                + ": a Hugging Face checkpoint holds its tower; expected no visionTower, found "
                + tower);
      }
      options = options.withVisionTower(new VisionTowerSource.Directory(tower.toAbsolutePath()));
    }
    try (LoadedModel model = ModelLoader.load(start, options)) {
      LlavaConfig config = model.config();
      check(training, model);
      ParamStore params = new ParamStore(training.device(), StartModel.partition(training));
      try {
        DiskNames names = DiskNames.of(model.storedNames());
        fill(training, model.artifacts().weights(), config, params, names);
        int rows = config.languageModel().vocabSize();
        return new StartModel(
            params,
            new StartConfig(
                json(training, model),
                config.languageModel(),
                config,
                model.processorConfig().orElse(null)),
            StartTokenizer.complete(model.tokenizer(), padId(model)),
            new StartVocabulary(null, rows, false, false),
            names,
            model.visionTower().isFromCheckpoint(),
            notes(training, model));
      } catch (IOException | RuntimeException e) {
        params.close();
        throw e;
      }
    }
  }

  private static void check(TrainingConfig training, LoadedModel model) {
    LlavaConfig config = model.config();
    Path start = training.modelNameOrPath();
    if (config.languageModel().tieWordEmbeddings()) {
      throw new UnsupportedModelException(
          start + ": 'tie_word_embeddings': expected false to train, found true");
    }
    if (config.mmUseImStartEnd() && training.tuneMmMlpAdapter()) {
      throw new UnsupportedModelException(
          start
              + ": tuneMmMlpAdapter: v1.5 does not implement it together with"
              + " mm_use_im_start_end true; train more than the projector");
    }
  }

  private static void fill(
      TrainingConfig training,
      TensorSource weights,
      LlavaConfig config,
      ParamStore params,
      DiskNames names)
      throws IOException {
    List<String> body = new ArrayList<>();
    weights.tensors().keySet().stream()
        .filter(name -> !StartModel.isTower(name) && !name.equals(LM_HEAD))
        .forEach(body::add);
    body.add(LM_HEAD);
    Set<String> trained =
        training.loraRank() > 0
            ? Set.of()
            : TrainableSet.of(
                body,
                training,
                new StartVocabulary(null, config.languageModel().vocabSize(), false, false),
                false,
                false);
    StartTensors tensors = new StartTensors(training, params, trained, names);
    try (Projector adapter = Projector.open(training.pretrainMmMlpAdapter(), names)) {
      for (String name : body) {
        TensorData own = weights.tensor(name);
        TensorData data = adapter.find(name);
        tensors.load(name, data == null ? own : data, own.info().shape().toArray());
      }
    }
    for (String name : weights.tensors().keySet()) {
      if (StartModel.isTower(name)) {
        tensors.tower(name, weights.tensor(name));
      }
    }
    tensors.finish();
  }

  /** The projector of an adapter file, maybe none. */
  private record Projector(@Nullable Checkpoint file, DiskNames names) implements AutoCloseable {
    static Projector open(@Nullable Path path, DiskNames names) throws IOException {
      return new Projector(path == null ? null : Checkpoint.open(path), names);
    }

    @Nullable TensorData find(String name) {
      String stored = names.toDisk(name);
      return file != null
              && name.startsWith(MultiModalProjector.PREFIX)
              && file.tensors().containsKey(stored)
          ? file.tensor(stored)
          : null;
    }

    @Override
    public void close() {
      if (file != null) {
        file.close();
      }
    }
  }

  /** LLaVA 1.5 pads with the unknown token; a Hugging Face tokenizer may have one for that. */
  private static int padId(LoadedModel model) {
    SpecialTokens special = model.tokenizer().specialTokens();
    if (model.config().family() == ModelFamily.HF_LLAVA && special.pad().isPresent()) {
      return special.pad().getAsInt();
    }
    return special
        .unk()
        .orElseThrow(
            () ->
                new UnsupportedModelException(
                    "tokenizer: expected an unknown token, which pads; found none"));
  }

  private static ObjectNode json(TrainingConfig training, LoadedModel model) throws IOException {
    byte[] bytes = Files.readAllBytes(training.modelNameOrPath().resolve(CONFIG));
    ObjectNode json = (ObjectNode) JSON.readTree(bytes);
    int rows = model.config().languageModel().vocabSize();
    if (model.config().family() == ModelFamily.HF_LLAVA) {
      json.put(json.has("dtype") ? "dtype" : "torch_dtype", "float32");
      json.withObject("text_config").put("vocab_size", rows);
      return json;
    }
    json.put("vocab_size", rows);
    json.put("torch_dtype", "float32");
    json.put("tune_mm_mlp_adapter", training.tuneMmMlpAdapter());
    json.put("freeze_mm_mlp_adapter", training.freezeMmMlpAdapter());
    Path tower = model.visionTower().directory();
    if (tower == null) {
      tower = model.configReport().tower().directory();
    }
    if (tower != null) {
      // A path relative to the start would lead nowhere from the result.
      json.put("mm_vision_tower", tower.toAbsolutePath().normalize().toString());
    }
    return json;
  }

  private static List<String> notes(TrainingConfig training, LoadedModel model) {
    LlavaConfig config = model.config();
    List<String> notes = new ArrayList<>(model.notes());
    notes.add(
        "%s is a %s checkpoint: text %s, tower layer %d, markers %s, aspect %s, tower: %s"
            .formatted(
                training.modelNameOrPath(),
                config.family() == ModelFamily.HF_LLAVA ? "Hugging Face" : "v1.5",
                training.version() == TextVersion.V1
                    ? "vicuna_v1"
                    : TextVersion.MISTRAL_INSTRUCT.id(),
                config.featureSelection().layer(),
                config.mmUseImStartEnd() ? "on" : "off",
                config.imageAspect().name().toLowerCase(Locale.ROOT),
                model.visionTower().reason()));
    return notes;
  }
}
