package io.github.llavamed.model;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.LoadReport;
import io.github.llavamed.config.ConfigReport;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A checkpoint directory, opened: what a backend needs, and what was found on the way.
 *
 * <p>Owns the open files: whoever loaded it closes it, after the backend. Safe for concurrent use.
 * {@link #close()} is idempotent; reading weights afterwards throws {@link IllegalStateException}.
 */
public final class LoadedModel implements AutoCloseable {
  private final ModelArtifacts artifacts;
  private final Tokenizer tokenizer;
  private final LoadReport report;
  private final ConfigReport configReport;
  private final VisionTowerChoice visionTower;
  private final @Nullable Path processorConfig;
  private final List<String> notes;
  private final Map<String, String> storedNames;
  private final List<Checkpoint> files;

  LoadedModel(
      ModelArtifacts artifacts,
      Tokenizer tokenizer,
      LoadReport report,
      ConfigReport configReport,
      VisionTowerChoice visionTower,
      @Nullable Path processorConfig,
      List<String> notes,
      Map<String, String> storedNames,
      List<Checkpoint> files) {
    this.artifacts = artifacts;
    this.tokenizer = tokenizer;
    this.report = report;
    this.configReport = configReport;
    this.visionTower = visionTower;
    this.processorConfig = processorConfig;
    this.notes = List.copyOf(notes);
    this.storedNames = Map.copyOf(storedNames);
    this.files = List.copyOf(files);
  }

  /** Returns what a backend needs; valid until this is closed. */
  public ModelArtifacts artifacts() {
    return artifacts;
  }

  /**
   * Returns the configuration; its {@code vocabSize} is the number of rows that are used, which is
   * what the logits have.
   */
  public LlavaConfig config() {
    return artifacts.config();
  }

  /** Returns the tokenizer, with the tokens that the original's loader adds. */
  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /** Returns what became of every tensor; always complete. */
  public LoadReport report() {
    return report;
  }

  /** Returns what was noticed in the configuration. */
  public ConfigReport configReport() {
    return configReport;
  }

  /** Returns where the vision tower comes from. */
  public VisionTowerChoice visionTower() {
    return visionTower;
  }

  /** Returns the positions that a prompt and its answer may fill together. */
  public int contextLength() {
    return config().contextLength();
  }

  /**
   * Returns the file that configures the image processor: {@code preprocessor_config.json}, or
   * {@code processor_config.json} if that holds an {@code image_processor}. Looked for beside the
   * tower first, then in the checkpoint; empty means CLIP's values for the tower's image size.
   */
  public Optional<Path> processorConfig() {
    return Optional.ofNullable(processorConfig);
  }

  /** Returns remarks for people: repairs, cut rows, a stored tower that is not used. */
  public List<String> notes() {
    return notes;
  }

  /**
   * Returns, for the name of each weight, the name that it has in the checkpoint's files, or in the
   * tower's own where {@link #visionTower()} is one.
   */
  public Map<String, String> storedNames() {
    return storedNames;
  }

  @Override
  public void close() {
    files.forEach(Checkpoint::close);
  }
}
