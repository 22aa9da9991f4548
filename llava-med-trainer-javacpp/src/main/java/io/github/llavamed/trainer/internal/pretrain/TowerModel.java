package io.github.llavamed.trainer.internal.pretrain;

import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.trainer.internal.nn.ModelContext;
import io.github.llavamed.trainer.internal.nn.VisionTower;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.pretraining.TowerTrainingConfig;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
import org.bytedeco.pytorch.global.torch.ScalarType;

/**
 * A tower with its two heads, the loss, and the exact change of the features' size.
 *
 * <p>Letters: n images, p patches, w width, k attributes. Confined to one thread.
 */
final class TowerModel {
  private static final double IMAGE_LOSS = 5;
  private static final double PATCH_LOSS = 20;
  private static final double POSITIVE_PATCHES = 3;
  private static final long MEAN = 1; // at::Reduction::Mean

  private final ParamStore params;
  private final VisionTowerConfig config;
  private final VisionTower tower;
  private final ModelContext context;

  TowerModel(ParamStore params, TowerTrainingConfig training) {
    this.params = params;
    this.config = training.tower();
    this.context = ModelContext.of(params, ScalarType.Float);
    this.tower = new VisionTower(context, training.tower(), training.selection());
  }

  /** Returns the loss of a batch, a scalar. */
  Tensor loss(TowerBatch batch) {
    VisionTower.WholeOutput out = tower.forwardWhole(batch.pixels());
    Tensor image = head(TowerWeights.IMAGE_HEAD, out.classToken()); // [n, k]
    Tensor patches = head(TowerWeights.PATCH_HEAD, out.selected()); // [n, p, k]
    Tensor weight = image.new_full(new long[] {1}, new Scalar(POSITIVE_PATCHES));
    Tensor imageLoss =
        torch.binary_cross_entropy_with_logits(
            image, batch.attributes(), new TensorOptional(), new TensorOptional(), MEAN);
    Tensor patchLoss =
        torch.binary_cross_entropy_with_logits(
            patches, batch.patches(), new TensorOptional(), new TensorOptional(weight), MEAN);
    return imageLoss.mul(new Scalar(IMAGE_LOSS)).add(patchLoss.mul(new Scalar(PATCH_LOSS)));
  }

  /** Returns of how many images all attributes are told right. */
  long allRight(TowerBatch batch) {
    Tensor told =
        head(TowerWeights.IMAGE_HEAD, tower.forwardWhole(batch.pixels()).classToken())
            .gt(new Scalar(0.0)); // [n, k]
    Tensor known = batch.attributes().gt(new Scalar(0.5)); // [n, k]
    return told.eq(known).all(1).sum().item_long();
  }

  /** Returns the selected features of a batch. // [n, p, w] */
  Tensor features(TowerBatch batch) {
    return tower.forward(batch.pixels());
  }

  private Tensor head(String prefix, Tensor x) {
    return torch.linear(x, context.params().get(prefix + ".weight"), params.get(prefix + ".bias"));
  }

  /**
   * Multiplies everything that is added to the residual stream, and so every hidden state.
   *
   * <p>Exact, because each layer reads the stream through a norm, which does not see its size.
   */
  void scaleFeatures(double factor) {
    Scopes.runNoGrad(
        () -> {
          scale("vision_model.pre_layrnorm", factor);
          for (int i = 0; i < config.numHiddenLayers(); i++) {
            String layer = "vision_model.encoder.layers." + i + ".";
            scale(layer + "self_attn.out_proj", factor);
            scale(layer + "mlp.fc2", factor);
          }
        });
  }

  private void scale(String prefix, double factor) {
    params.get(prefix + ".weight").mul_(new Scalar(factor));
    params.get(prefix + ".bias").mul_(new Scalar(factor));
  }
}
