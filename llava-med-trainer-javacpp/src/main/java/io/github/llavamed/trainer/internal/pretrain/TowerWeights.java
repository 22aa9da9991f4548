package io.github.llavamed.trainer.internal.pretrain;

import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.trainer.pretraining.TowerTrainingConfig;
import java.util.Arrays;
import java.util.Random;
import java.util.function.DoubleSupplier;

/** Draws the first weights of a CLIP tower and of the two heads that are thrown away later. */
final class TowerWeights {
  static final String HEADS = "heads.";
  static final String IMAGE_HEAD = HEADS + "image";
  static final String PATCH_HEAD = HEADS + "patch";

  /**
   * Large: with CLIP's 0.02 the norm after the embedding hides the brightness of flat patches, and
   * position is learnt late.
   */
  private static final double POSITION_STD = 0.5;

  private final ParamStore params;
  private final Random random; // its algorithm is specified

  private TowerWeights(ParamStore params, long seed) {
    this.params = params;
    this.random = new Random(seed);
  }

  /** Fills a store. */
  static void drawInto(ParamStore params, TowerTrainingConfig config) {
    new TowerWeights(params, config.seed()).draw(config.tower(), config.attributes());
  }

  private void draw(VisionTowerConfig tower, int attributes) {
    int width = tower.hiddenSize();
    int patch = tower.patchSize();
    String embeddings = "vision_model.embeddings.";
    normal(embeddings + "class_embedding", 1 / Math.sqrt(width), width);
    uniform(embeddings + "patch_embedding.weight", 3 * patch * patch, width, 3, patch, patch);
    normal(embeddings + "position_embedding.weight", POSITION_STD, tower.patchCount() + 1L, width);
    norm("vision_model.pre_layrnorm", width); // spelled like this in the checkpoints
    for (int i = 0; i < tower.numHiddenLayers(); i++) {
      String layer = "vision_model.encoder.layers." + i + ".";
      norm(layer + "layer_norm1", width);
      for (String name : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
        linear(layer + "self_attn." + name, width, width);
      }
      norm(layer + "layer_norm2", width);
      linear(layer + "mlp.fc1", width, tower.intermediateSize());
      linear(layer + "mlp.fc2", tower.intermediateSize(), width);
    }
    norm("vision_model.post_layernorm", width);
    linear(IMAGE_HEAD, width, attributes);
    linear(PATCH_HEAD, width, attributes);
  }

  private void linear(String prefix, int in, int out) {
    uniform(prefix + ".weight", in, out, in);
    uniform(prefix + ".bias", in, out);
  }

  private void norm(String prefix, int width) {
    put(prefix + ".weight", () -> 1, width);
    put(prefix + ".bias", () -> 0, width);
  }

  /** The default initialisation of a linear layer in PyTorch. */
  private void uniform(String name, int fanIn, long... shape) {
    double bound = 1 / Math.sqrt(fanIn);
    put(name, () -> (2 * random.nextDouble() - 1) * bound, shape);
  }

  private void normal(String name, double deviation, long... shape) {
    put(name, () -> random.nextGaussian() * deviation, shape);
  }

  private void put(String name, DoubleSupplier draw, long... shape) {
    float[] values =
        new float[Math.toIntExact(Arrays.stream(shape).reduce(1, Math::multiplyExact))];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) draw.getAsDouble();
    }
    params.put(name, TensorTransfer.of(values, params.device(), shape));
  }
}
