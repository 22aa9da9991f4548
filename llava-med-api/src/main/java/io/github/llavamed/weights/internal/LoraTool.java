package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.weights.IncompatibleWeightsException;
import io.github.llavamed.weights.TensorAction;
import io.github.llavamed.weights.WeightsOptions;
import io.github.llavamed.weights.WeightsReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Merges an adapter into a model. Confined to one thread. */
public final class LoraTool {
  private final ModelDirectory model;
  private final LoraAdapter adapter;
  private final WeightsOptions options;
  private final Workspace workspace = new Workspace();

  private LoraTool(ModelDirectory model, LoraAdapter adapter, WeightsOptions options) {
    this.model = model;
    this.adapter = adapter;
    this.options = options;
  }

  /** Runs the tool. */
  public static WeightsReport run(Path base, Path adapterPath, Path target, WeightsOptions options)
      throws IOException {
    try (ModelDirectory model = ModelDirectory.open(base, options.limits());
        LoraAdapter adapter = LoraAdapter.open(adapterPath, options.limits())) {
      LoraTool tool = new LoraTool(model, adapter, options);
      List<TensorRecipe> recipes = tool.recipes();
      return new OutputModel(target, List.of(base, adapterPath), options)
          .write(recipes, tool.config(), model, new ArrayList<>());
    }
  }

  private ObjectNode config() {
    return options
        .dtype()
        .map(dtype -> new ModelConfig(model, dtype).json())
        .orElseGet(model::config);
  }

  private List<TensorRecipe> recipes() {
    Map<String, LoraRecipe> merged = new LinkedHashMap<>();
    List<String> missing = new ArrayList<>();
    adapter
        .pairs()
        .forEach(
            (module, pair) -> {
              String name = module + ".weight";
              if (model.has(name)) {
                merged.put(name, merge(module, pair));
              } else {
                missing.add(name);
              }
            });
    adapter.replacements().keySet().stream().filter(n -> !model.has(n)).forEach(missing::add);
    if (!missing.isEmpty()) {
      throw incompatible(
          "%d tensors of the adapter have no place in the model: %s"
              .formatted(missing.size(), String.join(", ", missing)));
    }
    List<TensorRecipe> recipes = new ArrayList<>();
    for (String name : model.names()) {
      if (InvFreq.isName(name) && !options.keepInvFreq()) {
        continue;
      }
      LoraRecipe recipe = merged.get(name);
      recipes.add(recipe != null ? recipe : copy(name));
    }
    return recipes;
  }

  private TensorRecipe copy(String name) {
    TensorData own = original(name);
    boolean replaced = adapter.replacements().containsKey(name);
    DType dtype = InvFreq.isName(name) ? own.info().dtype() : dtype(name);
    return CopyRecipe.whole(
        name, replaced ? TensorAction.REPLACED : TensorAction.COPIED, own, dtype, workspace);
  }

  private LoraRecipe merge(String module, LoraAdapter.Pair pair) {
    TensorData weight = original(module + ".weight");
    TensorData down = pair.down();
    TensorData up = pair.up();
    if (down == null || up == null) {
      throw new IllegalStateException("pairs are complete once the adapter is open");
    }
    boolean transposed = pair.embedding() || adapter.config().fanInFanOut();
    checkShapes(module, weight.info(), down.info(), up.info(), transposed);
    double scale = adapter.config().scaleOf(module);
    DType dtype = dtype(module + ".weight");
    return new LoraRecipe(weight, down, up, (float) scale, transposed, dtype, workspace);
  }

  /** A = [r, in], B = [out, r], W = [out, in], or [in, out] if it is stored transposed. */
  private void checkShapes(
      String module, TensorInfo weight, TensorInfo down, TensorInfo up, boolean transposed) {
    for (TensorInfo info : List.of(weight, down, up)) {
      if (info.shape().rank() != 2 || !info.dtype().isFloatingPoint()) {
        throw incompatible(
            "tensor '%s': expected a floating-point matrix, found %s %s"
                .formatted(info.name(), info.dtype(), info.shape()));
      }
    }
    long rank = adapter.config().rankOf(module);
    if (down.shape().dim(0) != rank || up.shape().dim(1) != rank) {
      throw incompatible(
          "module '%s': expected matrices of rank %d as adapter_config.json says, found %s and %s"
              .formatted(module, rank, down.shape(), up.shape()));
    }
    long in = down.shape().dim(1);
    long out = up.shape().dim(0);
    Shape product = transposed ? Shape.of(in, out) : Shape.of(out, in);
    if (!product.equals(weight.shape())) {
      throw incompatible(
          "tensor '%s': expected the shape of the product, %s, found %s"
              .formatted(weight.name(), product, weight.shape()));
    }
  }

  /** Returns what a tensor is before merging: the adapter's, if it brings one. */
  private TensorData original(String name) {
    TensorData replacement = adapter.replacements().get(name);
    TensorData own = model.tensor(name);
    if (replacement == null) {
      return own;
    }
    if (!replacement.info().shape().equals(own.info().shape())) {
      throw incompatible(
          "tensor '%s': expected the model's shape %s, found %s"
              .formatted(name, own.info().shape(), replacement.info().shape()));
    }
    if (replacement.info().dtype().isFloatingPoint() != own.info().dtype().isFloatingPoint()) {
      throw incompatible(
          "tensor '%s': expected %s, found %s"
              .formatted(name, own.info().dtype(), replacement.info().dtype()));
    }
    return replacement;
  }

  private DType dtype(String name) {
    DType stored = model.info(name).dtype();
    return stored.isFloatingPoint() ? options.dtype().orElse(stored) : stored;
  }

  private IncompatibleWeightsException incompatible(String problem) {
    return new IncompatibleWeightsException(
        "adapter %s, model %s: %s".formatted(adapter.directory(), model.path(), problem));
  }
}
