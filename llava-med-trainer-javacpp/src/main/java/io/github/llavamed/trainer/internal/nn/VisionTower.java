package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.config.VisionTowerConfig;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * A vision transformer up to the selected hidden state; CLIP's and BiomedCLIP's differ in names.
 *
 * <p>Letters: n images, p patches, w width, h heads, d head size.
 */
public final class VisionTower {
  private final ModelContext context;
  private final VisionTowerConfig config;
  private final TowerNames names;
  private final boolean dropClassToken;
  private final int blocks;

  /**
   * Creates the tower.
   *
   * @throws UnsupportedModelException if the selection points to no layer
   */
  public VisionTower(ModelContext context, VisionTowerConfig config, FeatureSelection selection) {
    this.context = context;
    this.config = config;
    this.names = TowerNames.of(config.type());
    this.dropClassToken = selection.dropClassToken();
    this.blocks = names.blocksToRun(config, selection);
  }

  /**
   * What a tower computes when it is run to its end.
   *
   * @param selected the selected features // [n, p, w]
   * @param classToken after the last layer and norm // [n, w]
   */
  public record WholeOutput(Tensor selected, Tensor classToken) {}

  /** Runs all layers, also those above the selected one. // [n, 3, size, size] */
  public WholeOutput forwardWhole(Tensor pixels) {
    Tensor x = select(pixels); // [n, 1 + p, w]
    Tensor selected = drop(x); // [n, p, w]
    for (int i = blocks; i < config.numHiddenLayers(); i++) {
      x = block(names.block(i), x); // [n, 1 + p, w]
    }
    return new WholeOutput(selected, norm(names.postNorm(), x.select(1, 0)));
  }

  /** Returns the selected features of images. // [n, 3, size, size] to [n, p, w] */
  public Tensor forward(Tensor pixels) {
    return drop(select(pixels));
  }

  private Tensor drop(Tensor x) {
    return dropClassToken ? x.narrow(1, 1, x.size(1) - 1) : x; // [n, p, w]
  }

  /** Returns the selected hidden state. // [n, 1 + p, w] */
  private Tensor select(Tensor pixels) {
    if (pixels.size(2) != config.imageSize() || pixels.size(3) != config.imageSize()) {
      throw new UnsupportedModelException(
          "vision tower: expected images of %d x %d, found %d x %d; use the aspect 'square' or"
                  .formatted(config.imageSize(), config.imageSize(), pixels.size(3), pixels.size(2))
              + " 'pad'");
    }
    Tensor x = embed(pixels); // [n, 1 + p, w]
    for (int i = 0; i < blocks; i++) {
      x = block(names.block(i), x); // [n, 1 + p, w]
    }
    return x;
  }

  private Tensor embed(Tensor pixels) {
    long[] stride = {config.patchSize(), config.patchSize()};
    Tensor weight = get(names.patchEmbedding() + ".weight"); // [w, 3, patch, patch]
    Tensor bias = context.params().find(names.patchEmbedding() + ".bias");
    Tensor grid =
        torch.conv2d(
            pixels.to(context.computeType()),
            weight,
            optional(bias),
            stride,
            new long[] {0, 0},
            new long[] {1, 1},
            1); // [n, w, side, side]
    Tensor patches = grid.flatten(2, 3).transpose(1, 2); // [n, p, w]
    Tensor classToken =
        get(names.classEmbedding())
            .reshape(1, 1, config.hiddenSize())
            .expand(pixels.size(0), 1, config.hiddenSize()); // [n, 1, w]
    Tensor positions =
        get(names.positionEmbedding()).reshape(1, -1, config.hiddenSize()); // [1, 1 + p, w]
    Tensor x = torch.cat(new TensorVector(classToken, patches), 1).add(positions);
    return names.preNorm().isEmpty() ? x : norm(names.preNorm(), x); // [n, 1 + p, w]
  }

  private Tensor block(TowerNames.Block block, Tensor x) {
    Tensor h = x.add(attention(block, norm(block.norm1(), x))); // [n, 1 + p, w]
    Tensor wide = context.linear(block.fc1()).forward(norm(block.norm2(), h)); // [n, 1 + p, i]
    Tensor active = Activations.apply(config.hiddenAct(), wide);
    return h.add(context.linear(block.fc2()).forward(active)); // [n, 1 + p, w]
  }

  private Tensor attention(TowerNames.Block block, Tensor x) {
    Tensor q;
    Tensor k;
    Tensor v;
    if (block.inputs().size() == 1) {
      Tensor all = context.linear(block.inputs().get(0)).forward(x); // [n, 1 + p, 3 w]
      q = heads(all.narrow(-1, 0, config.hiddenSize()));
      k = heads(all.narrow(-1, config.hiddenSize(), config.hiddenSize()));
      v = heads(all.narrow(-1, 2L * config.hiddenSize(), config.hiddenSize()));
    } else {
      q = heads(context.linear(block.inputs().get(0)).forward(x));
      k = heads(context.linear(block.inputs().get(1)).forward(x));
      v = heads(context.linear(block.inputs().get(2)).forward(x));
    }
    double scale = 1 / Math.sqrt((double) config.hiddenSize() / config.numAttentionHeads());
    Tensor scores = torch.matmul(q.mul(new Scalar(scale)), k.transpose(-1, -2)); // [n, h, q, k]
    Tensor mixed = torch.matmul(scores.softmax(-1), v); // [n, h, 1 + p, d]
    Tensor joined = mixed.transpose(1, 2).reshape(x.size(0), x.size(1), config.hiddenSize());
    return context.linear(block.output()).forward(joined); // [n, 1 + p, w]
  }

  private Tensor heads(Tensor x) {
    long heads = config.numAttentionHeads();
    return x.reshape(x.size(0), x.size(1), heads, config.hiddenSize() / heads)
        .transpose(1, 2); // [n, h, 1 + p, d]
  }

  private Tensor norm(String prefix, Tensor x) {
    return torch.layer_norm(
        x,
        new long[] {config.hiddenSize()},
        new TensorOptional(get(prefix + ".weight")),
        new TensorOptional(get(prefix + ".bias")),
        config.layerNormEps(),
        false);
  }

  private Tensor get(String name) {
    return context.get(name).to(context.computeType());
  }

  private @Nullable TensorOptional optional(@Nullable Tensor tensor) {
    return tensor == null ? null : new TensorOptional(tensor.to(context.computeType()));
  }
}
