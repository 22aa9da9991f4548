package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.EmbeddingRows;
import io.github.llavamed.weights.IncompatibleWeightsException;
import io.github.llavamed.weights.TensorAction;
import io.github.llavamed.weights.TensorOutcome;
import io.github.llavamed.weights.WeightsFormat;
import io.github.llavamed.weights.WeightsOptions;
import io.github.llavamed.weights.WeightsReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Writes projector and embedding of a model to one file. Stateless. */
public final class ProjectorTool {
  private static final String PROJECTOR = "mm_projector";
  private static final String EMBEDDING = "embed_tokens";
  private static final int MARKERS = 2;

  private ProjectorTool() {}

  /** Runs the tool. */
  public static WeightsReport run(
      Path model, Path output, EmbeddingRows rows, WeightsOptions options) throws IOException {
    WeightsFormat format = format(output);
    try (Checkpoint checkpoint = Checkpoint.open(model, options.limits())) {
      Workspace workspace = new Workspace();
      List<TensorRecipe> recipes = new ArrayList<>();
      for (TensorInfo info : selected(checkpoint)) {
        DType dtype = options.dtype().orElse(info.dtype());
        recipes.add(recipe(checkpoint.tensor(info.name()), rows, dtype, workspace));
      }
      return write(output, format, recipes, options);
    }
  }

  private static WeightsReport write(
      Path output, WeightsFormat format, List<TensorRecipe> recipes, WeightsOptions options)
      throws IOException {
    List<TensorSpec> specs = recipes.stream().map(TensorRecipe::spec).toList();
    RecipeRun run = new RecipeRun(recipes, options.listener());
    try (StagedOutput staged =
        StagedOutput.forFile(output, options.overwrite(), run.totalBytes())) {
      List<TensorOutcome> outcomes;
      try (TensorSink sink = TensorSink.toFile(staged.file(), specs, format)) {
        outcomes = run.to(sink);
      }
      if (options.verify()) {
        Verification.check(staged.file(), outcomes, options.limits());
      }
      staged.publishFile();
      return OutputModel.report(output, outcomes, List.of(), List.of(), options.verify());
    }
  }

  private static WeightsFormat format(Path output) {
    String name = String.valueOf(output.getFileName());
    if (name.endsWith(".safetensors")) {
      return WeightsFormat.SAFETENSORS;
    }
    if (List.of(".bin", ".pt", ".pth").stream().anyMatch(name::endsWith)) {
      return WeightsFormat.TORCH;
    }
    throw new IllegalArgumentException(
        output + ": expected a name that ends with .bin, .pt, .pth or .safetensors");
  }

  /** The order of the original: names sorted, then by shard, the shards as they first appear. */
  private static List<TensorInfo> selected(Checkpoint checkpoint) {
    Map<Path, List<TensorInfo>> byFile = new LinkedHashMap<>();
    List<String> wanted = List.of(PROJECTOR, EMBEDDING);
    new TreeMap<>(checkpoint.tensors())
        .forEach(
            (name, info) -> {
              if (wanted.stream().anyMatch(name::contains)) {
                byFile.computeIfAbsent(info.file(), file -> new ArrayList<>()).add(info);
              }
            });
    List<TensorInfo> selected = byFile.values().stream().flatMap(List::stream).toList();
    for (String part : wanted) {
      if (selected.stream().noneMatch(info -> info.name().contains(part))) {
        throw new IncompatibleWeightsException(
            "%s: expected tensors with '%s' in their names, found none among %d"
                .formatted(checkpoint.source(), part, checkpoint.tensors().size()));
      }
    }
    return selected;
  }

  private static TensorRecipe recipe(
      TensorData data, EmbeddingRows rows, DType dtype, Workspace workspace) {
    TensorInfo info = data.info();
    if (rows == EmbeddingRows.ALL || !info.name().contains(EMBEDDING)) {
      return CopyRecipe.whole(info.name(), TensorAction.COPIED, data, dtype, workspace);
    }
    if (info.shape().rank() != 2 || info.shape().dim(0) < MARKERS) {
      throw new IncompatibleWeightsException(
          "tensor '%s' in %s: expected a matrix with the rows of the two markers, found %s"
              .formatted(info.name(), info.file(), info.shape()));
    }
    return CopyRecipe.lastRows(data, MARKERS, dtype, workspace);
  }
}
