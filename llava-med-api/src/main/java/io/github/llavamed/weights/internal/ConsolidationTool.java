package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.weights.TensorAction;
import io.github.llavamed.weights.WeightsOptions;
import io.github.llavamed.weights.WeightsReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Casts every tensor of a model to one element type. Stateless. */
public final class ConsolidationTool {
  private ConsolidationTool() {}

  /** Runs the tool. */
  public static WeightsReport run(Path source, Path target, WeightsOptions options)
      throws IOException {
    DType dtype = options.dtype().orElse(DType.F16);
    try (ModelDirectory model = ModelDirectory.open(source, options.limits())) {
      List<String> notes = new ArrayList<>();
      ModelConfig config = new ModelConfig(model, dtype);
      config.upgrade(options.upgradeConfig(), notes);
      Workspace workspace = new Workspace();
      List<TensorRecipe> recipes = new ArrayList<>();
      for (String name : model.names()) {
        if (!InvFreq.isName(name)) {
          recipes.add(
              CopyRecipe.whole(name, TensorAction.COPIED, model.tensor(name), dtype, workspace));
        } else if (options.keepInvFreq()) {
          recipes.add(InvFreq.computed(model.info(name), model.config()));
        }
      }
      return new OutputModel(target, List.of(source), options)
          .write(recipes, config.json(), model, notes);
    }
  }
}
