package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.trainer.internal.engine.EngineOptions;
import io.github.llavamed.trainer.internal.nn.DecoderLayer;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.training.Sharding;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingForecast.MemoryEstimate;
import org.bytedeco.pytorch.Tensor;

/**
 * Estimates the memory of a run from shapes.
 *
 * <p>Activations are counted tensor by tensor as the decoder layer makes them: the residual stream
 * is float32, products are in the compute type. Letters: t places of a micro-batch, s of one
 * sample, h hidden, i intermediate, k width of all keys.
 *
 * @param config the run
 * @param model the decoder
 * @param params tensors, maybe without elements
 */
record MemoryNeed(TrainingConfig config, LanguageModelConfig model, ParamStore params) {
  /** Two moments of AdamW. */
  private static final int MOMENTS = 2;

  /** Logits, their softmax, their gradient. */
  private static final int HEAD_COPIES = 3;

  static MemoryEstimate of(TrainingConfig config, StartModel start) {
    return new MemoryNeed(config, start.config().languageModel(), start.params()).estimate();
  }

  private MemoryEstimate estimate() {
    boolean sharded = config.sharding() != Sharding.NONE;
    int slices = sharded ? config.ranks().worldSize() : 1;
    long weights = 0;
    long trained = 0;
    long largestLayer = 0;
    for (String name : params.names()) {
      Tensor tensor = params.get(name);
      boolean cut = sharded && !StartModel.isTower(name);
      weights += tensor.nbytes() / (cut ? slices : 1);
      trained += params.isTrainable(name) ? tensor.numel() / slices : 0;
      largestLayer += name.startsWith(DecoderLayer.prefix(0)) ? tensor.numel() : 0;
    }
    // A record keeps the cast weights of its layer, too.
    long cast = castsWeights() ? largestLayer * computeBytes() : 0;
    long passing = head() + (sharded ? largestLayer * computeBytes() : 0);
    long layers = model.numHiddenLayers();
    long inside = layerInside();
    long inputs = layers * places() * model.hiddenSize() * Float.BYTES;
    return new MemoryEstimate(
        weights,
        trained * Float.BYTES,
        MOMENTS * trained * Float.BYTES,
        inputs + layers * (inside + cast) + passing,
        inputs + inside + cast + passing,
        config.gradientCheckpointing() || sharded);
  }

  /** Whether products cast their weights on each use. */
  private boolean castsWeights() {
    return config.precision() == Precision.BF16;
  }

  private long computeBytes() {
    return castsWeights() ? Short.BYTES : Float.BYTES;
  }

  private long length() {
    return Math.min(config.modelMaxLength(), model.maxPositionEmbeddings());
  }

  private long places() {
    return length() * config.perDeviceTrainBatchSize();
  }

  /** What the record of one layer keeps: its tensors, and scores where attention is not fused. */
  private long layerInside() {
    long h = model.hiddenSize();
    long q = (long) model.numAttentionHeads() * model.headDim();
    long k = (long) model.numKeyValueHeads() * model.headDim();
    long i = model.intermediateSize();
    // norms, attention's and feed-forward's results; queries, keys, values, rotated and repeated
    long perPlace = (4 * h + 4 * q + 3 * k + q + 4 * i) * computeBytes() + 2 * h * Float.BYTES;
    boolean fused = !config.device().equals("cpu") || !castsWeights();
    long pairs = places() * length() * model.numAttentionHeads();
    long scores = fused ? 0 : pairs * (Float.BYTES + computeBytes()); // softmax, and cast
    return places() * perPlace + scores;
  }

  private long head() {
    long rows = Math.min(places(), EngineOptions.DEFAULT_HEAD_CHUNK);
    return rows * model.vocabSize() * Float.BYTES * HEAD_COPIES;
  }
}
