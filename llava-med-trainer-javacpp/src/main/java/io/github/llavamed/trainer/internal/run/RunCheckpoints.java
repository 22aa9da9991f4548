package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.model.ModelMismatchException;
import io.github.llavamed.trainer.internal.distributed.Comm;
import io.github.llavamed.trainer.internal.distributed.ParameterLayout;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.MultiModalProjector;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.run.StoredState.Part;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Partition;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.AdapterFormat;
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
import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
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
  private static final int FORMAT = 1;

  private final TrainingConfig config;
  private final StartModel model;
  private final ParameterLayout layout;
  private final Comm comm;
  private final AdamW optimizer;
  private final TrainingListener listener;
  private final CheckpointFolder folder;
  private final ModelFiles files;

  RunCheckpoints(
      TrainingConfig config,
      StartModel model,
      ParameterLayout layout,
      Comm comm,
      AdamW optimizer,
      TrainingListener listener) {
    this.config = config;
    this.model = model;
    this.layout = layout;
    this.comm = comm;
    this.optimizer = optimizer;
    this.listener = listener;
    this.folder = new CheckpointFolder(config.outputDir());
    this.files = new ModelFiles(config, model, layout);
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

  /** Writes a checkpoint; every rank calls it, and where tensors are cut each writes its slices. */
  void save(RunState state) throws IOException {
    if (!layout.isSharded()) {
      if (comm.rank() == 0) {
        finishSave(state, saveWhole(state));
      }
    } else if (comm.rank() == 0) {
      finishSave(state, folder.write(state.step(), directory -> saveSlices(directory, state)));
    } else {
      comm.barrier(); // the directory is there
      ShardedState.write(folder.staging(state.step()), model, optimizer);
      comm.barrier(); // all slices are on the disk
      if (config.tuneMmMlpAdapter()) {
        writeAdapter(null);
      }
    }
  }

  private void saveSlices(Path directory, RunState state) throws IOException {
    comm.barrier();
    ShardedState.write(directory, model, optimizer);
    writeState(directory.resolve(STATE), state);
    comm.barrier();
  }

  private Path saveWhole(RunState state) throws IOException {
    return folder.write(
        state.step(),
        directory -> {
          if (small()) {
            files.writeTensors(
                directory.resolve(TRAINED), model.params().trainableNames(), model.names()::toDisk);
          } else {
            files.writeModel(directory);
          }
          if (!small() && config.loraRank() > 0) {
            // The model above has the additions merged in; going on takes them apart.
            files.writeLora(directory);
          }
          writeOptimizer(directory.resolve(OPTIMIZER));
          writeState(directory.resolve(STATE), state);
        });
  }

  private void finishSave(RunState state, Path written) throws IOException {
    if (config.tuneMmMlpAdapter()) {
      writeAdapter(
          config.outputDir().resolve(ADAPTER).resolve(String.valueOf(written.getFileName())));
    }
    if (config.saveTotalLimit() != null) {
      folder.keepNewest(config.saveTotalLimit());
    }
    listener.saved(state.step(), written);
  }

  /**
   * Writes the result into the output directory; every rank calls it, rank 0 writes. Cut tensors
   * are brought together one at a time.
   */
  void saveResult(RunState state) throws IOException {
    boolean main = comm.rank() == 0;
    if (!main && !layout.isSharded()) {
      return;
    }
    Path directory = main ? config.outputDir() : null;
    if (directory != null) {
      Files.createDirectories(directory);
    }
    if (config.tuneMmMlpAdapter()) {
      writeAdapter(directory == null ? null : directory.resolve(ADAPTER));
    }
    if (config.loraRank() > 0) {
      files.writeLora(directory);
    }
    if (!small()) {
      files.writeModel(directory);
    }
    if (directory != null) {
      writeState(directory.resolve(STATE), state);
      listener.saved(state.step(), directory);
    }
  }

  /** Writes projector and embedding, under the names of the original's {@code mm_projector.bin}. */
  private void writeAdapter(@Nullable Path file) throws IOException {
    List<String> names =
        model.params().names().stream().filter(RunCheckpoints::isInAdapter).toList();
    UnaryOperator<String> toDisk = model.names()::toDisk;
    if (file == null) {
      files.writeTensors(null, names, toDisk);
      return;
    }
    // Hugging Face's names are none that the original's reader of .bin files knows.
    boolean original = names.stream().map(toDisk).anyMatch(name -> name.contains(ADAPTER));
    AdapterFile.write(
        file,
        original ? config.adapterFormat() : AdapterFormat.SAFETENSORS,
        whole -> files.writeTensors(whole, names, toDisk));
  }

  private void writeOptimizer(Path file) throws IOException {
    List<TensorSpec> specs = new ArrayList<>();
    optimizer
        .moments()
        .forEach(
            (name, state) -> {
              specs.add(
                  TensorTransfer.spec(Part.EXP_AVG.of(model.names().toDisk(name)), state.expAvg()));
              specs.add(
                  TensorTransfer.spec(
                      Part.EXP_AVG_SQ.of(model.names().toDisk(name)), state.expAvgSq()));
            });
    try (CheckpointWriter writer = CheckpointWriter.toFile(file, specs).open()) {
      for (Map.Entry<String, AdamW.Moments> entry : optimizer.moments().entrySet()) {
        String name = model.names().toDisk(entry.getKey());
        TensorTransfer.write(writer, Part.EXP_AVG.of(name), entry.getValue().expAvg());
        TensorTransfer.write(writer, Part.EXP_AVG_SQ.of(name), entry.getValue().expAvgSq());
      }
      writer.commit();
    }
  }

  private void writeState(Path file, RunState state) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("format", FORMAT);
    json.put("global_step", state.step());
    json.put("next_micro_batch", state.nextMicroBatch());
    json.put("counted_micro_batches", state.countedMicroBatches());
    json.put("seed", state.seed());
    json.put("world_size", comm.worldSize());
    json.put("gradient_accumulation_steps", config.gradientAccumulationSteps());
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), json);
  }

  /**
   * Restores the newest whole checkpoint; damaged ones are passed over, and the listener is told.
   *
   * @return where the run stands, or null if there is none
   * @throws ModelMismatchException if a whole checkpoint belongs to another run
   */
  @Nullable StoredPosition restoreNewest() throws IOException {
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

  private StoredPosition restore(Path checkpoint) throws IOException {
    StoredPosition position = readState(checkpoint.resolve(STATE));
    // All files are opened before anything is changed.
    try (StoredState stored = open(checkpoint)) {
      checkNames(checkpoint, stored.names());
      ParamStore held = layout.held();
      for (String name : model.params().trainableNames()) {
        try (Tensor weight = load(stored, Part.WEIGHT, name);
            Tensor expAvg = load(stored, Part.EXP_AVG, name);
            Tensor expAvgSq = load(stored, Part.EXP_AVG_SQ, name)) {
          Scopes.runNoGrad(() -> held.get(name).copy_(weight));
          optimizer.restore(name, expAvg, expAvgSq, (double) position.state().step());
        }
      }
    }
    return position;
  }

  private StoredState open(Path checkpoint) throws IOException {
    if (ShardedState.isIn(checkpoint)) {
      return ShardedState.open(checkpoint);
    }
    Path weights = checkpoint.resolve(TRAINED);
    if (config.loraRank() > 0 && !small()) {
      weights = checkpoint.resolve("adapter_model.safetensors");
    }
    Checkpoint trained = Checkpoint.open(Files.exists(weights) ? weights : checkpoint);
    try {
      return new WholeState(trained, Checkpoint.open(checkpoint.resolve(OPTIMIZER)));
    } catch (IOException | RuntimeException e) {
      trained.close();
      throw e;
    }
  }

  /** Reads a tensor, or where tensors are cut this rank's slice of it; the caller closes it. */
  private Tensor load(StoredState stored, Part part, String name) {
    Tensor held = layout.held().get(name);
    Partition partition = model.params().partition();
    long elements = model.params().get(name).numel();
    long first = partition == null ? 0 : partition.first(elements);
    long count = partition == null ? elements : partition.count(elements);
    return Scopes.keepNoGrad(
        () -> {
          Tensor flat = torch.zeros(held.numel());
          stored.read(part, model.names().toDisk(name), first, flat.narrow(0, 0, count));
          return flat.view_as(held).to(model.params().device(), ScalarType.Float);
        });
  }

  private void checkNames(Path checkpoint, Set<String> found) {
    Set<String> expected = new TreeSet<>();
    model.params().trainableNames().forEach(name -> expected.add(model.names().toDisk(name)));
    if (!expected.equals(new TreeSet<>(found))) {
      throw new ModelMismatchException(
          "%s was made by a run that trains other tensors: expected %d, found %d; use another"
                  .formatted(checkpoint, expected.size(), found.size())
              + " outputDir, or the same settings");
    }
  }

  private static StoredPosition readState(Path file) throws IOException {
    JsonNode json = JSON.readTree(Files.readAllBytes(file));
    if (json.path("format").asInt() != FORMAT) {
      throw new ModelMismatchException(
          file + ": expected format " + FORMAT + ", found " + json.path("format"));
    }
    RunState state =
        new RunState(
            json.required("global_step").asLong(),
            json.required("next_micro_batch").asLong(),
            json.required("counted_micro_batches").asLong(),
            json.required("seed").asLong());
    return new StoredPosition(
        state, json.path("world_size").asInt(1), json.path("gradient_accumulation_steps").asInt(0));
  }
}
