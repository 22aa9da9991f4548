package io.github.llavamed.trainer.internal.nn;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.ProjectorConfig;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * The whole model in the order of its forward pass: tower, projector, embedding, layers, head.
 *
 * <p>Letters: b batch, s positions, n images, p patches, w width of the tower, c hidden size, v
 * vocabulary. Holds no tensors of its own; they are the context's.
 */
public final class LlavaForConditionalGeneration {
  /** The token embedding. */
  public static final String EMBED_TOKENS = "model.embed_tokens.weight";

  /** The norm after the last layer. */
  public static final String FINAL_NORM = "model.norm.weight";

  /** The output embedding. */
  public static final String LM_HEAD = "lm_head.weight";

  private final ModelContext context;
  private final @Nullable VisionTower tower;
  private final @Nullable MultiModalProjector projector;
  private final RotaryEmbedding rotary;
  private final List<DecoderLayer> layers;
  private final RmsNorm finalNorm;
  private final @Nullable Integer slidingWindow;
  private final Linear head;

  /**
   * Creates the model.
   *
   * @param tower the tower, or null for a decoder alone
   * @param projector the projector, or null for a decoder alone
   */
  public LlavaForConditionalGeneration(
      ModelContext context,
      LanguageModelConfig config,
      @Nullable VisionTower tower,
      @Nullable ProjectorConfig projector) {
    this.context = context;
    this.tower = tower;
    this.projector = projector == null ? null : new MultiModalProjector(context, projector);
    this.rotary = new RotaryEmbedding(config);
    this.slidingWindow = config.slidingWindow();
    this.layers = new ArrayList<>();
    for (int i = 0; i < config.numHiddenLayers(); i++) {
      layers.add(new DecoderLayer(context, config, i));
    }
    this.finalNorm = new RmsNorm(context, FINAL_NORM, config.rmsNormEps());
    this.head = context.linear(LM_HEAD.substring(0, LM_HEAD.lastIndexOf('.')));
  }

  /** Returns the tower's features of images. // [n, 3, size, size] to [n, p, w] */
  public Tensor imageFeatures(Tensor pixels) {
    if (tower == null) {
      throw new IllegalStateException("a decoder without vision tower was given images");
    }
    return tower.forward(pixels);
  }

  /** Maps features to the decoder's width. // [n, p, w] to [n, p, c] */
  public Tensor project(Tensor features) {
    if (projector == null) {
      throw new IllegalStateException("a decoder without projector was given images");
    }
    return projector.forward(features);
  }

  /**
   * Looks up token embeddings.
   *
   * @param paddingRow the row that gets no gradient, or -1 for none
   */
  public Tensor embed(Tensor inputIds, long paddingRow) { // [b, s]
    return torch.embedding(
        context.get(EMBED_TOKENS), inputIds, paddingRow, false, false); // [b, s, c]
  }

  /** Returns the rotary angles of {@code count} positions from {@code first} on. */
  public RotaryEmbedding.Angles angles(long first, long count) {
    return rotary.angles(first, count, context.params().device());
  }

  /** Returns how many positions back a query sees, itself included, or null for all. */
  public @Nullable Integer slidingWindow() {
    return slidingWindow;
  }

  /** Returns the layers, first to last. */
  public List<DecoderLayer> layers() {
    return List.copyOf(layers);
  }

  /** Returns the last hidden state after its norm. // [.., c] */
  public Tensor finalNorm(Tensor x) {
    return finalNorm.forward(x);
  }

  /** Returns logits of hidden states after the norm. // [.., c] to [.., v] */
  public Tensor logits(Tensor normed) {
    return head.forward(normed);
  }
}
