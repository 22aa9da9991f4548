package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.model.ModelMismatchException;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.MultiModalProjector;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Writes and restores the state of a run, and writes its result.
 *
 * <p>A checkpoint holds the trained tensors or the whole model, the optimiser's state by name, and
 * where the run stands. Goes on bit for bit as if it had not stopped.
 */
final class RunCheckpoints {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String STATE = "trainer_state.json";
  private static final String OPTIMIZER = "optimizer.safetensors";
  private static final String TRAINED = "trained.safetensors";
  private static final String ADAPTER = "mm_projector";
  private static final String EXP_AVG = "exp_avg.";
  private static final String EXP_AVG_SQ = "exp_avg_sq.";
  private static final int FORMAT = 1;

  private final TrainingConfig config;
  private final StartModel model;
  private final AdamW optimizer;
  private final TrainingListener listener;
  private final CheckpointFolder folder;
  private final ModelFiles files;

  RunCheckpoints(
      TrainingConfig config, StartModel model, AdamW optimizer, TrainingListener listener) {
    this.config = config;
    this.model = model;
    this.optimizer = optimizer;
    this.listener = listener;
    this.folder = new CheckpointFolder(config.outputDir());
    this.files = new ModelFiles(config, model);
  }

  /** Whether only trained tensors are written. */
  private boolean small() {
    return writesTrainedOnly(config, model.params().trainableNames());
  }

  /**
   * Returns whether a run writes what it trains, and never the whole model: where the adapter file
   * has room for all of that.
   */
  static boolean writesTrainedOnly(TrainingConfig config, Collection<String> trained) {
    return config.adapterOnly()
        && (config.loraRank() > 0
            || (config.tuneMmMlpAdapter()
                && trained.stream().allMatch(RunCheckpoints::isInAdapter)));
  }

  private static boolean isInAdapter(String name) {
    return name.startsWith(MultiModalProjector.PREFIX)
        || name.equals(LlavaForConditionalGeneration.EMBED_TOKENS);
  }

  void save(RunState state) throws IOException {
    Path written =
        folder.write(
            state.step(),
            directory -> {
              if (small()) {
                ModelFiles.writeTensors(
                    directory.resolve(TRAINED),
                    model.params(),
                    model.params().trainableNames(),
                    model.names()::toDisk);
              } else {
                files.writeModel(directory);
              }
              if (!small() && config.loraRank() > 0) {
                // The model above has the additions merged in; going on takes them apart.
                LoraPairs.write(directory, model, config);
              }
              writeOptimizer(directory.resolve(OPTIMIZER));
              writeState(directory.resolve(STATE), state);
            });
    if (config.tuneMmMlpAdapter()) {
      writeAdapter(
          config.outputDir().resolve(ADAPTER).resolve(written.getFileName() + ".safetensors"));
    }
    if (config.saveTotalLimit() != null) {
      folder.keepNewest(config.saveTotalLimit());
    }
    listener.saved(state.step(), written);
  }

  /** Writes the result into the output directory. */
  void saveResult(RunState state) throws IOException {
    Path directory = config.outputDir();
    Files.createDirectories(directory);
    if (config.tuneMmMlpAdapter()) {
      writeAdapter(directory.resolve(ADAPTER + ".safetensors"));
    }
    if (config.loraRank() > 0) {
      LoraPairs.write(directory, model, config);
    }
    if (!small()) {
      files.writeModel(directory);
    }
    writeState(directory.resolve(STATE), state);
    listener.saved(state.step(), directory);
  }

  /** Writes projector and embedding, under the names of the original's {@code mm_projector.bin}. */
  private void writeAdapter(Path file) throws IOException {
    List<String> names =
        model.params().names().stream().filter(RunCheckpoints::isInAdapter).toList();
    ModelFiles.writeTensors(file, model.params(), names, model.names()::toDisk);
  }

  private void writeOptimizer(Path file) throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    optimizer
        .moments()
        .forEach(
            (name, state) -> {
              specs.add(TensorTransfer.spec(EXP_AVG + model.names().toDisk(name), state.expAvg()));
              specs.add(
                  TensorTransfer.spec(EXP_AVG_SQ + model.names().toDisk(name), state.expAvgSq()));
            });
    try (CheckpointWriter writer = CheckpointWriter.toFile(file, specs).open()) {
      for (Map.Entry<String, AdamW.Moments> entry : optimizer.moments().entrySet()) {
        String name = model.names().toDisk(entry.getKey());
        TensorTransfer.write(writer, EXP_AVG + name, entry.getValue().expAvg());
        TensorTransfer.write(writer, EXP_AVG_SQ + name, entry.getValue().expAvgSq());
      }
      writer.commit();
    }
  }

  private static void writeState(Path file, RunState state) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("global_step", state.step());
    json.put("next_micro_batch", state.nextMicroBatch());
    json.put("counted_micro_batches", state.countedMicroBatches());
    json.put("seed", state.seed());
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }

  /**
   * Restores the newest whole checkpoint; damaged ones are passed over, and the listener is told.
   *
   * @return where the run stands, or null if there is none
   * @throws ModelMismatchException if a whole checkpoint belongs to another run
   */
  @Nullable RunState restoreNewest() throws IOException {
    for (Path checkpoint : folder.list().descendingMap().values()) {
      Optional<String> damage = CheckpointFolder.damage(checkpoint);
      if (damage.isEmpty()) {
        try {
          return restore(checkpoint);
        } catch (MalformedCheckpointException e) {
          damage = Optional.of(String.valueOf(e.getMessage()));
        }
      }
      listener.warned("passed over " + checkpoint + ": " + damage.get());
    }
    return null;
  }

  private RunState restore(Path checkpoint) throws IOException {
    RunState state = readState(checkpoint.resolve(STATE));
    Path weights = checkpoint.resolve(TRAINED);
    if (config.loraRank() > 0 && !small()) {
      weights = checkpoint.resolve("adapter_model.safetensors");
    }
    // Both files are opened before anything is changed.
    try (Checkpoint trained = Checkpoint.open(Files.exists(weights) ? weights : checkpoint);
        Checkpoint moments = Checkpoint.open(checkpoint.resolve(OPTIMIZER))) {
      checkNames(checkpoint, moments.tensors().keySet());
      ParamStore params = model.params();
      for (String name : params.trainableNames()) {
        String disk = model.names().toDisk(name);
        String stored = trained.tensors().containsKey(disk) ? disk : LoraPairs.toPeft(disk);
        try (Tensor weight = load(trained, stored);
            Tensor expAvg = load(moments, EXP_AVG + disk);
            Tensor expAvgSq = load(moments, EXP_AVG_SQ + disk)) {
          Scopes.runNoGrad(() -> params.get(name).copy_(weight));
          optimizer.restore(name, expAvg, expAvgSq, (double) state.step());
        }
      }
    }
    return state;
  }

  private Tensor load(Checkpoint from, String name) {
    return TensorTransfer.load(from.tensor(name), model.params().device(), ScalarType.Float);
  }

  private void checkNames(Path checkpoint, Set<String> found) {
    Set<String> expected = new TreeSet<>();
    for (String name : model.params().trainableNames()) {
      expected.add(EXP_AVG + model.names().toDisk(name));
      expected.add(EXP_AVG_SQ + model.names().toDisk(name));
    }
    if (!expected.equals(new TreeSet<>(found))) {
      throw new ModelMismatchException(
          "%s was made by a run that trains other tensors: expected %d, found %d; use another"
                  .formatted(checkpoint, expected.size(), found.size())
              + " outputDir, or the same settings");
    }
  }

  private static RunState readState(Path file) throws IOException {
    JsonNode json = JSON.readTree(Files.readAllBytes(file));
    if (json.path("format").asInt() != FORMAT) {
      throw new ModelMismatchException(
          file + ": expected format " + FORMAT + ", found " + json.path("format"));
    }
    return new RunState(
        json.required("global_step").asLong(),
        json.required("next_micro_batch").asLong(),
        json.required("counted_micro_batches").asLong(),
        json.required("seed").asLong());
  }
}
