package io.github.llavamed.model;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.WeightsHash;
import io.github.llavamed.config.ConfigReport;
import io.github.llavamed.config.LlavaConfigReader;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.ModelWeights;
import io.github.llavamed.model.internal.Assembly;
import io.github.llavamed.model.internal.MappedWeights;
import io.github.llavamed.model.internal.ModelAssembler;
import io.github.llavamed.model.internal.OpenFiles;
import io.github.llavamed.model.internal.ProcessorFiles;
import io.github.llavamed.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens a checkpoint directory of any family as a {@link LoadedModel}.
 *
 * <p>Reads the configuration, the tokenizer and the headers of the weight files; weights themselves
 * are read when a backend asks for them. Every tensor is used, tied, ignored by a named rule, or an
 * error. Stateless and safe for concurrent use.
 */
public final class ModelLoader {
  private static final Logger LOG = LoggerFactory.getLogger(ModelLoader.class);

  private ModelLoader() {}

  /**
   * Loads a model with its own tokenizer.
   *
   * @param directory the checkpoint directory
   * @return the model, which the caller closes
   * @throws IOException if a file cannot be read
   * @throws io.github.llavamed.config.UnsupportedModelException if the configuration is not
   *     supported, or the tower is not found
   * @throws io.github.llavamed.checkpoint.MalformedCheckpointException if a weight file is damaged
   * @throws io.github.llavamed.checkpoint.IncompleteCheckpointException if tensors are missing or
   *     unknown
   * @throws ModelMismatchException if shapes, types or the number of tokens do not fit
   */
  public static LoadedModel load(Path directory, LoadOptions options) throws IOException {
    ConfigReport config = LlavaConfigReader.read(directory, options.configOptions());
    return load(directory, config, ModelTokenizers.load(directory, config.config()), options);
  }

  /**
   * Loads a model with a tokenizer that is there already; otherwise like {@link #load(Path,
   * LoadOptions)}.
   *
   * @param tokenizer decides how many embedding rows are kept, and must not have more ids than rows
   */
  public static LoadedModel load(Path directory, Tokenizer tokenizer, LoadOptions options)
      throws IOException {
    return load(
        directory, LlavaConfigReader.read(directory, options.configOptions()), tokenizer, options);
  }

  private static LoadedModel load(
      Path directory, ConfigReport config, Tokenizer tokenizer, LoadOptions options)
      throws IOException {
    try (OpenFiles files = new OpenFiles(options.checkpointLimits())) {
      Checkpoint checkpoint = files.open(directory);
      Assembly assembly =
          new ModelAssembler(config, options.visionTower(), OptionalInt.of(tokenizer.size()), files)
              .assemble(checkpoint);
      if (!assembly.problems().isEmpty()) {
        throw ModelMismatchException.of(assembly.problems());
      }
      assembly.report().throwIfIncomplete();
      ModelWeights weights = new MappedWeights(assembly.origins());
      ModelArtifacts artifacts =
          new ModelArtifacts(directory, assembly.config(), weights, WeightsHash.of(weights));
      Path processor = ProcessorFiles.find(config, assembly.tower(), directory);
      assembly.notes().forEach(note -> LOG.info("{}: {}", directory, note));
      return new LoadedModel(
          artifacts,
          tokenizer,
          assembly.report(),
          config,
          assembly.tower(),
          processor,
          assembly.notes(),
          MappedWeights.storedNames(assembly.origins()),
          files.release());
    }
  }
}
