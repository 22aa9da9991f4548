package io.github.llavamed.model.internal;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.LoadReport;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.ConfigReport;
import io.github.llavamed.config.LlavaConfigReader;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.ModelInspection;
import io.github.llavamed.model.ModelTokenizers;
import io.github.llavamed.model.VisionTowerChoice;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Takes the steps of a load one by one and keeps going when one of them fails. */
public final class Inspector {
  private final Path directory;
  private final LoadOptions options;
  private final List<String> problems = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  /** A step of a load. */
  @FunctionalInterface
  private interface Step<T> {
    T run() throws IOException;
  }

  /** Creates an inspector of one directory. */
  public Inspector(Path directory, LoadOptions options) {
    this.directory = directory;
    this.options = options;
  }

  /** Looks at the directory. */
  public ModelInspection inspect() throws IOException {
    if (!Files.isDirectory(directory)) {
      throw new NotDirectoryException(directory + ": expected a checkpoint directory, found none");
    }
    ModelFamily family =
        attempt(false, () -> LlavaConfigReader.family(directory, options.configOptions()));
    ConfigReport config =
        attempt(true, () -> LlavaConfigReader.read(directory, options.configOptions()));
    Tokenizer tokenizer =
        config == null
            ? null
            : attempt(true, () -> ModelTokenizers.load(directory, config.config()));
    Map<String, Integer> added = attempt(true, () -> AddedTokens.read(directory, tokenizer));
    try (OpenFiles files = new OpenFiles(options.checkpointLimits())) {
      Checkpoint checkpoint = attempt(true, () -> files.open(directory));
      Assembly assembly =
          config == null || checkpoint == null
              ? null
              : attempt(true, () -> assemble(checkpoint, config, tokenizer, files));
      return result(
          family, config, checkpoint, tokenizer, added == null ? Map.of() : added, assembly);
    }
  }

  private Assembly assemble(
      Checkpoint checkpoint, ConfigReport config, @Nullable Tokenizer tokenizer, OpenFiles files)
      throws IOException {
    OptionalInt length = tokenizer == null ? OptionalInt.empty() : OptionalInt.of(tokenizer.size());
    return new ModelAssembler(config, options.visionTower(), length, files).assemble(checkpoint);
  }

  private ModelInspection result(
      @Nullable ModelFamily family,
      @Nullable ConfigReport config,
      @Nullable Checkpoint checkpoint,
      @Nullable Tokenizer tokenizer,
      Map<String, Integer> addedTokens,
      @Nullable Assembly assembly) {
    List<TensorInfo> tensors =
        checkpoint == null ? List.of() : List.copyOf(checkpoint.tensors().values());
    List<TensorInfo> towerTensors = List.of();
    VisionTowerChoice tower = null;
    LoadReport report = null;
    if (assembly != null) {
      problems.addAll(assembly.problems());
      notes.addAll(assembly.notes());
      tower = assembly.tower();
      report = assembly.report();
      if (assembly.towerSource() != null) {
        towerTensors = List.copyOf(assembly.towerSource().tensors().values());
      }
    } else if (config != null) {
      notes.addAll(config.notes());
    }
    return new ModelInspection(
        directory,
        family,
        config,
        tensors,
        towerTensors,
        addedTokens,
        tokenizer == null ? null : Integer.valueOf(tokenizer.size()),
        tower,
        bytes(tensors) + bytes(towerTensors),
        report,
        problems,
        notes);
  }

  private static long bytes(List<TensorInfo> tensors) {
    return tensors.stream().mapToLong(TensorInfo::byteSize).sum();
  }

  private <T> @Nullable T attempt(boolean report, Step<T> step) {
    try {
      return step.run();
    } catch (IOException | LlavaMedException e) {
      if (report) {
        problems.add(e.getMessage() == null ? e.toString() : e.getMessage());
      }
      return null;
    }
  }
}
