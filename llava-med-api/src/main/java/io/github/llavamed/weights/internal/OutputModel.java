package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.TensorOutcome;
import io.github.llavamed.weights.WeightsOptions;
import io.github.llavamed.weights.WeightsReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes a model directory: weights, companions, configuration; whole or not at all. */
final class OutputModel {
  private static final Logger LOG = LoggerFactory.getLogger(OutputModel.class);

  private final Path target;
  private final List<Path> inputs;
  private final WeightsOptions options;

  /**
   * Creates nothing yet.
   *
   * @param inputs directories that the output must not be
   */
  OutputModel(Path target, List<Path> inputs, WeightsOptions options) {
    this.target = target;
    this.inputs = inputs;
    this.options = options;
  }

  /**
   * Writes the directory.
   *
   * @param companions the model whose tokenizer and other small files are taken over
   * @param notes for the report; more are added
   */
  WeightsReport write(
      List<TensorRecipe> recipes, ObjectNode config, ModelDirectory companions, List<String> notes)
      throws IOException {
    List<TensorSpec> specs = recipes.stream().map(TensorRecipe::spec).toList();
    RecipeRun run = new RecipeRun(recipes, options.listener());
    try (StagedOutput staged =
        StagedOutput.forDirectory(target, inputs, options.overwrite(), run.totalBytes())) {
      Path directory = staged.directory();
      List<TensorOutcome> outcomes;
      try (TensorSink sink =
          TensorSink.toDirectory(directory, specs, options.format(), options.maxShardBytes())) {
        outcomes = run.to(sink);
      }
      if (options.verify()) {
        Verification.check(directory, outcomes, options.limits());
      }
      List<String> copied = CompanionFiles.copy(companions.path(), directory, notes);
      PythonJson.write(directory.resolve("config.json"), config);
      staged.publishDirectory();
      return report(target, outcomes, copied, notes, options.verify());
    }
  }

  /** Makes a report and logs what a user should know even without reading it. */
  static WeightsReport report(
      Path output,
      List<TensorOutcome> outcomes,
      List<String> copied,
      List<String> notes,
      boolean verified) {
    List<String> all = new ArrayList<>(notes);
    WeightsReport report = new WeightsReport(output, outcomes, copied, all, verified);
    all.forEach(note -> LOG.info("{}", note));
    for (TensorOutcome tensor : report.notFinite()) {
      LOG.warn(
          "tensor '{}': {} elements are NaN, {} are infinite",
          tensor.name(),
          tensor.nanCount(),
          tensor.infinityCount());
    }
    return report;
  }
}
