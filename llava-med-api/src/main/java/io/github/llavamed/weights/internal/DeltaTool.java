package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.weights.TensorAction;
import io.github.llavamed.weights.WeightsOptions;
import io.github.llavamed.weights.WeightsReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** Adds a base to a delta, or subtracts it from a model. Stateless. */
public enum DeltaTool {
  /** {@code target = delta + base}. */
  ADD("delta", TensorAction.ADDED),
  /** {@code delta = target - base}. */
  SUBTRACT("target", TensorAction.SUBTRACTED);

  private final String role;
  private final TensorAction action;

  DeltaTool(String role, TensorAction action) {
    this.role = role;
    this.action = action;
  }

  /**
   * Runs the tool.
   *
   * @param basePath the base
   * @param subjectPath the delta or model that is combined with it
   * @param output the directory to write
   */
  public WeightsReport run(Path basePath, Path subjectPath, Path output, WeightsOptions options)
      throws IOException {
    try (ModelDirectory base = ModelDirectory.open(basePath, options.limits());
        ModelDirectory subject = ModelDirectory.open(subjectPath, options.limits())) {
      DType dtype = options.dtype().orElse(DType.F16);
      List<String> notes = new ArrayList<>();
      ObjectNode config = config(subject, dtype, options, notes);
      new DeltaRules(base, subject, role).check();
      List<TensorRecipe> recipes = recipes(base, subject, dtype, options.keepInvFreq(), notes);
      return new OutputModel(output, List.of(basePath, subjectPath), options)
          .write(recipes, config, subject, notes);
    }
  }

  /** Adding loads the delta as v1.0.0 whatever its type; subtracting goes by the type. */
  private ObjectNode config(
      ModelDirectory subject, DType dtype, WeightsOptions options, List<String> notes) {
    ModelConfig config = new ModelConfig(subject, dtype);
    if (this == ADD) {
      config.setLlava(notes);
    } else {
      config.upgrade(options.upgradeConfig(), notes);
    }
    return config.json();
  }

  private List<TensorRecipe> recipes(
      ModelDirectory base,
      ModelDirectory subject,
      DType dtype,
      boolean keepInvFreq,
      List<String> notes) {
    Workspace workspace = new Workspace();
    List<TensorRecipe> recipes = new ArrayList<>();
    for (String name : names(base, subject, notes)) {
      if (InvFreq.isName(name)) {
        if (keepInvFreq) {
          recipes.add(invFreq(name, base, subject));
        }
        continue;
      }
      TensorData source = subject.tensor(name);
      recipes.add(
          base.has(name)
              ? new SumRecipe(source, base.tensor(name), action, workspace.in(dtype))
              : CopyRecipe.whole(name, TensorAction.COPIED, source, dtype, workspace));
    }
    return recipes;
  }

  /** The subject's tensors, and the frequencies of either, which every original model has. */
  private List<String> names(ModelDirectory base, ModelDirectory subject, List<String> notes) {
    Set<String> names = new LinkedHashSet<>(subject.names());
    List<String> ignored = new ArrayList<>();
    for (String name : base.names()) {
      if (InvFreq.isName(name)) {
        names.add(name);
      } else if (!subject.has(name)) {
        ignored.add(name);
      }
    }
    if (!ignored.isEmpty()) {
      notes.add(
          "%d tensors are in the base alone and were left out: %s"
              .formatted(ignored.size(), String.join(", ", ignored)));
    }
    return StateDictOrder.sorted(names);
  }

  private TensorRecipe invFreq(String name, ModelDirectory base, ModelDirectory subject) {
    ModelDirectory holder =
        Stream.of(subject, base).filter(model -> model.has(name)).findFirst().orElseThrow();
    return this == ADD
        ? InvFreq.computed(holder.info(name), subject.config())
        : InvFreq.zeros(holder.info(name));
  }
}
