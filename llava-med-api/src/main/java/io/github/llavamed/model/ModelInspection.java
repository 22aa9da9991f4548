package io.github.llavamed.model;

import io.github.llavamed.checkpoint.LoadReport;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.ConfigReport;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.model.internal.Inspector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint directory holds, and what loading it would complain about. Immutable; needs no
 * open files.
 *
 * @param directory the directory
 * @param family the family, or null if the configuration does not say
 * @param config the configuration and what was noticed in it, or null if it is not supported
 * @param tensors the tensors of the checkpoint, as stored
 * @param towerTensors the tensors of the tower's own file; empty if the checkpoint's are used
 * @param addedTokens the tokens beyond the tokenizer's vocabulary, in the order of their ids
 * @param tokenizerLength number of ids of the tokenizer, or null if it cannot be read
 * @param visionTower where the tower would come from, or null if that cannot be told
 * @param totalBytes bytes of {@code tensors} and {@code towerTensors}
 * @param report what would become of each tensor, or null if that cannot be told
 * @param problems what would stop a load, one line each; missing and unused tensors are in {@code
 *     report}
 * @param notes remarks for people
 */
public record ModelInspection(
    Path directory,
    @Nullable ModelFamily family,
    @Nullable ConfigReport config,
    List<TensorInfo> tensors,
    List<TensorInfo> towerTensors,
    Map<String, Integer> addedTokens,
    @Nullable Integer tokenizerLength,
    @Nullable VisionTowerChoice visionTower,
    long totalBytes,
    @Nullable LoadReport report,
    List<String> problems,
    List<String> notes) {
  /** Copies the collections and keeps their order. */
  public ModelInspection {
    tensors = List.copyOf(tensors);
    towerTensors = List.copyOf(towerTensors);
    addedTokens = Collections.unmodifiableMap(new LinkedHashMap<>(addedTokens));
    problems = List.copyOf(problems);
    notes = List.copyOf(notes);
  }

  /**
   * Looks at a directory. What is wrong with the checkpoint is in the result, not thrown.
   *
   * @throws java.nio.file.NotDirectoryException if there is no such directory
   * @throws IOException if it cannot be listed
   */
  public static ModelInspection of(Path directory, LoadOptions options) throws IOException {
    return new Inspector(directory, options).inspect();
  }

  /** Returns the names of tensors that the model needs and the files lack. */
  public List<String> missing() {
    return report == null ? List.of() : report.names(LoadReport.Outcome.MISSING);
  }

  /** Returns the names of tensors that the files hold and the model does not know. */
  public List<String> unused() {
    return report == null ? List.of() : report.names(LoadReport.Outcome.UNUSED);
  }

  /** Returns true if the directory would load. */
  public boolean isLoadable() {
    return report != null && report.isComplete() && problems.isEmpty();
  }
}
