package io.github.llavamed.trainer.internal.engine;

import io.github.llavamed.trainer.internal.distributed.ParameterLayout;
import io.github.llavamed.trainer.internal.nn.AttentionMask;
import io.github.llavamed.trainer.internal.nn.DecoderLayer;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.MultiModalProjector;
import io.github.llavamed.trainer.internal.nn.RotaryEmbedding;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import java.util.List;
import java.util.function.Supplier;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/**
 * Runs micro-batches forward and backward, one decoder layer after the other.
 *
 * <p>Forward keeps each layer's input; backward goes through the layers in reverse and either
 * computes a layer again or uses the record it kept. Both give the same bits. Gradients add up in
 * the parameters. Confined to one thread.
 *
 * <p>Parameters of a stage are acquired before it computes and released after it; where they are
 * cut into slices, all ranks must do so in the same order, so a rank without a sample calls {@link
 * #idle()} instead.
 */
public final class StageEngine {
  private static final long SUM = 2; // at::Reduction::Sum
  private static final long IGNORE_INDEX = -100;

  private final LlavaForConditionalGeneration model;
  private final ParamStore params;
  private final ParameterLayout layout;
  private final EngineOptions options;
  private final List<DecoderLayer> layers;
  private final StageNames names;
  private final TowerFeatures tower;

  /**
   * Creates the engine of a model whose trainable tensors are chosen.
   *
   * @throws IllegalArgumentException if layers shall keep their inside while weights are cut into
   *     slices: the records would keep all weights whole
   */
  public StageEngine(
      LlavaForConditionalGeneration model,
      TowerFeatures tower,
      ParamStore params,
      ParameterLayout layout,
      EngineOptions options) {
    if (layout.isSharded() && !options.recompute()) {
      throw new IllegalArgumentException("recompute: expected true with sharding, found false");
    }
    this.tower = tower;
    this.model = model;
    this.params = params;
    this.layout = layout;
    this.options = options;
    this.layers = model.layers();
    this.names = StageNames.of(params, layers.size());
  }

  /** A layer in flight: its input, and the record of its inside if that was kept. */
  private record Stage(Tensor input, @Nullable Tensor output) {
    void close() {
      input.close();
      if (output != null) {
        output.close();
      }
    }
  }

  /**
   * Adds the gradients of a micro-batch and returns its mean loss.
   *
   * @param scale what the loss is multiplied with before gradients are taken
   * @return the loss, not scaled; NaN without trained tokens, and then no gradient is added
   */
  public double accumulate(MicroBatch batch, double scale) {
    if (batch.trainedTokens() == 0) {
      idle();
      return Double.NaN;
    }
    Stage[] stages = new Stage[layers.size()];
    try (PointerScope scope = new PointerScope()) {
      DeviceBatch data = DeviceBatch.of(batch, tower, params.device());
      RotaryEmbedding.Angles angles;
      try (NoGradGuard guard = new NoGradGuard()) {
        angles = model.angles(0, batch.length());
      }
      int lowest = lowestTrainable();
      Tensor hidden = forward(data, angles, lowest, stages); // [b, s, c]
      double[] loss = new double[1];
      Tensor gradient = head(hidden, data, scale, lowest < layers.size(), loss);
      hidden.close();
      if (gradient != null) {
        backward(data, angles, lowest, stages, gradient);
      }
      return loss[0];
    } finally {
      for (Stage stage : stages) {
        if (stage != null) {
          stage.close();
        }
      }
    }
  }

  /** Takes part in a micro-batch of the other ranks without one of its own. */
  public void idle() {
    if (!layout.isSharded()) {
      return;
    }
    int lowest = lowestTrainable();
    within(names.embedding(), () -> {});
    for (int i = 0; i < layers.size(); i++) {
      within(names.layer(i), () -> {});
    }
    withGradients(names.head(), () -> {});
    for (int i = layers.size() - 1; i >= Math.max(lowest, 0); i--) {
      withGradients(names.layer(i), () -> {});
    }
    if (lowest < 0) {
      withGradients(names.embedding(), () -> {});
    }
  }

  /** Runs the work while the tensors of a stage are there. */
  private void within(List<String> stage, Runnable work) {
    layout.acquire(stage);
    try {
      work.run();
    } finally {
      layout.release(stage);
    }
  }

  /** The same for work that leaves gradients. */
  private void withGradients(List<String> stage, Runnable work) {
    within(
        stage,
        () -> {
          work.run();
          layout.reduceGradients(stage);
        });
  }

  private Tensor whileHere(List<String> stage, Supplier<Tensor> work) {
    layout.acquire(stage);
    try {
      return work.get();
    } finally {
      layout.release(stage);
    }
  }

  /**
   * What one forward pass makes on its way.
   *
   * @param inputsEmbeds with image features in their places // [b, s, c]
   * @param lastHidden after the final norm // [b, s, c]
   * @param logits // [b, s, v]
   */
  public record Trace(Tensor inputsEmbeds, Tensor lastHidden, Tensor logits) {}

  /** Runs forward and shows what comes out; the tensors live in the caller's scope. */
  public Trace trace(MicroBatch batch) {
    try (NoGradGuard guard = new NoGradGuard()) {
      DeviceBatch data = DeviceBatch.of(batch, tower, params.device());
      RotaryEmbedding.Angles angles = model.angles(0, batch.length());
      Tensor embedded = embed(data); // [b, s, c]
      Tensor x = embedded;
      for (DecoderLayer layer : layers) {
        x = layer.forward(x, angles, data.mask()); // [b, s, c]
      }
      Tensor normed = model.finalNorm(x); // [b, s, c]
      return new Trace(embedded, normed, model.logits(normed));
    }
  }

  /** Returns the first stage that trains: -1 for the embedding, then the layers, then the head. */
  private int lowestTrainable() {
    if (params.isTrainable(LlavaForConditionalGeneration.EMBED_TOKENS)
        || params.anyTrainable(MultiModalProjector.PREFIX)) {
      return -1;
    }
    for (int i = 0; i < layers.size(); i++) {
      if (params.anyTrainable(DecoderLayer.prefix(i))) {
        return i;
      }
    }
    return layers.size();
  }

  private Tensor forward(
      DeviceBatch data, RotaryEmbedding.Angles angles, int lowest, @Nullable Stage[] stages) {
    AttentionMask mask = data.mask();
    Tensor x =
        whileHere(names.embedding(), () -> Scopes.keepNoGrad(() -> embed(data))); // [b, s, c]
    for (int i = 0; i < layers.size(); i++) {
      DecoderLayer layer = layers.get(i);
      Tensor input = x;
      if (options.recompute() || i < lowest) {
        x =
            whileHere(
                names.layer(i), () -> Scopes.keepNoGrad(() -> layer.forward(input, angles, mask)));
        stages[i] = new Stage(input, null);
      } else {
        input.set_requires_grad(true);
        Tensor output = Scopes.keep(() -> layer.forward(input, angles, mask));
        stages[i] = new Stage(input, output);
        x = Scopes.keepNoGrad(output::detach);
      }
    }
    return x;
  }

  /** Embeds ids and puts image features in their places. // [b, s, c] */
  private Tensor embed(DeviceBatch data) {
    Tensor embedded = model.embed(data.inputIds(), options.paddingRow()); // [b, s, c]
    Tensor flat = (options.markersOnly() ? embedded.detach() : embedded).flatten(0, 1); // [b*s, c]
    Tensor places = data.gradientPlaces();
    if (options.markersOnly() && places != null) {
      Tensor ids = data.inputIds().flatten().index_select(0, places); // [m]
      flat = flat.index_copy(0, places, model.embed(ids, options.paddingRow()));
    }
    if (data.features() != null && data.featureRows() != null && data.imagePlaces() != null) {
      Tensor projected = model.project(data.features()); // [n * p, c]
      Tensor rows = projected.index_select(0, data.featureRows()).to(flat.scalar_type());
      flat = flat.index_copy(0, data.imagePlaces(), rows);
    }
    return flat.view(data.inputIds().size(0), data.inputIds().size(1), -1); // [b, s, c]
  }

  /** Takes the loss at the trained places, some at a time; returns the gradient of the input. */
  private @Nullable Tensor head(
      Tensor hidden, DeviceBatch data, double scale, boolean wantsGradient, double[] loss) {
    Tensor gradient =
        wantsGradient
            ? Scopes.keepNoGrad(() -> torch.zeros_like(hidden.flatten(0, 1))) // [b * s, c]
            : null;
    withGradients(names.head(), () -> head(hidden, data, scale, gradient, loss));
    return gradient;
  }

  private void head(
      Tensor hidden, DeviceBatch data, double scale, @Nullable Tensor gradient, double[] loss) {
    boolean wantsGradient = gradient != null;
    long count = data.targets().size(0);
    for (long from = 0; from < count; from += options.headChunk()) {
      long size = Math.min(options.headChunk(), count - from);
      try (PointerScope scope = new PointerScope()) {
        Tensor places = data.trainedPlaces().narrow(0, from, size);
        Tensor rows = hidden.detach().flatten(0, 1).index_select(0, places); // [r, c]
        rows.set_requires_grad(wantsGradient);
        Tensor logits = model.logits(model.finalNorm(rows)); // [r, v]
        Tensor sum =
            torch.cross_entropy_loss(
                logits.to(ScalarType.Float),
                data.targets().narrow(0, from, size),
                null,
                SUM,
                IGNORE_INDEX,
                0.0);
        Tensor mean = sum.div(new Scalar((double) count));
        loss[0] += mean.item_double();
        mean.mul(new Scalar(scale)).backward();
        if (gradient != null) {
          try (NoGradGuard guard = new NoGradGuard()) {
            gradient.index_copy_(0, places, rows.grad());
          }
        }
      }
    }
  }

  private void backward(
      DeviceBatch data,
      RotaryEmbedding.Angles angles,
      int lowest,
      @Nullable Stage[] stages,
      Tensor headGradient) {
    Tensor gradient = headGradient; // [b * s, c]
    for (int i = layers.size() - 1; i >= Math.max(lowest, 0); i--) {
      Stage stage = stages[i];
      if (stage == null) {
        throw new IllegalStateException("layer " + i + " was not run forward");
      }
      Tensor above = gradient;
      int index = i;
      withGradients(
          names.layer(i),
          () -> {
            try (PointerScope scope = new PointerScope()) {
              backward(index, stage, data.mask(), angles, above);
            }
          });
      // grad() points into the input, which goes away.
      gradient = Scopes.keepNoGrad(() -> new Tensor(stage.input().grad()));
      above.close();
      stage.close();
      stages[i] = null;
    }
    Tensor last = gradient;
    if (lowest < 0) {
      withGradients(names.embedding(), () -> embedBackward(data, last));
    }
    last.close();
  }

  private void embedBackward(DeviceBatch data, Tensor gradient) {
    try (PointerScope scope = new PointerScope()) {
      Tensor embedded = embed(data);
      // Text alone may leave nothing to train here: the projector saw no image.
      if (embedded.requires_grad()) {
        propagate(embedded, gradient.view_as(embedded));
      }
    }
  }

  private void backward(
      int index, Stage stage, AttentionMask mask, RotaryEmbedding.Angles angles, Tensor gradient) {
    Tensor input = stage.input();
    Tensor output = stage.output();
    if (output == null) {
      input.set_requires_grad(true);
      output = layers.get(index).forward(input, angles, mask); // [b, s, c]
    }
    propagate(output, gradient.view_as(output));
  }

  private static void propagate(Tensor output, Tensor gradient) {
    torch.backward(
        new TensorVector(output),
        new TensorVector(gradient),
        new BoolOptional(),
        false,
        new TensorVector());
  }
}
