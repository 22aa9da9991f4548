package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.trainer.internal.distributed.ParameterLayout;
import io.github.llavamed.trainer.internal.engine.EngineOptions;
import io.github.llavamed.trainer.internal.engine.FeatureStore;
import io.github.llavamed.trainer.internal.engine.StageEngine;
import io.github.llavamed.trainer.internal.engine.TowerFeatures;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.LoraDropout;
import io.github.llavamed.trainer.internal.nn.ModelContext;
import io.github.llavamed.trainer.internal.nn.VisionTower;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.pytorch.global.torch.ScalarType;
import org.jspecify.annotations.Nullable;

/** Puts together the parts of a run from its settings. Stateless. */
final class RunParts {
  private RunParts() {}

  /** Opens the cache of features, if one is wanted. */
  static FeatureStore features(TrainingConfig config, StartModel start, String processor)
      throws IOException {
    Path root = config.data().featureCache();
    LlavaConfig llava = start.config().llava();
    if (root == null || llava == null) {
      return FeatureStore.NONE;
    }
    String tower = TowerHash.of(start.params(), llava, config, processor);
    return FeatureCache.open(root, tower, config.data().featureCacheBytes());
  }

  /** Returns the micro-batches of a run, from one of them on. */
  static BatchSource batches(
      TrainingConfig config,
      StartModel start,
      SampleLoader samples,
      StepPlan plan,
      TrainingListener listener,
      long first)
      throws IOException {
    Collator collator =
        new Collator(
            start.config().llava(),
            start.tokens().padId(),
            start.tokens().markers(),
            config.quirks());
    BatchPreparation preparation =
        new BatchPreparation(
            samples::load, collator::collate, config.badSamples(), samples.size(), config.seed());
    return new BatchSource(
        order(config, samples, plan), preparation, listener, first, config.data().workers());
  }

  /** Returns the model of a run, over the tensors of its start. */
  static LlavaForConditionalGeneration model(TrainingConfig config, StartModel start) {
    return model(config, start, null);
  }

  /** Returns the same with what zeroes inputs of low-rank additions. */
  static LlavaForConditionalGeneration model(
      TrainingConfig config, StartModel start, @Nullable LoraDropout dropout) {
    ModelContext context =
        ModelContext.of(start.params(), computeType(config))
            .withLora(LoraPairs.scaling(config), dropout);
    var llava = start.config().llava();
    return new LlavaForConditionalGeneration(
        context,
        start.config().languageModel(),
        llava == null
            ? null
            : new VisionTower(context, llava.visionTower(), llava.featureSelection()),
        llava == null ? null : llava.projector());
  }

  /** Returns the type of matrix products. */
  static ScalarType computeType(TrainingConfig config) {
    return config.precision() == Precision.BF16 ? ScalarType.BFloat16 : ScalarType.Float;
  }

  /** Returns what runs the micro-batches of a process alone. */
  static StageEngine engine(TrainingConfig config, StartModel start) {
    LlavaForConditionalGeneration model = model(config, start);
    return engine(
        config,
        start,
        ParameterLayout.alone(start.params()),
        model,
        new TowerFeatures(model, FeatureStore.NONE));
  }

  /** Returns what runs the micro-batches of a run. */
  static StageEngine engine(
      TrainingConfig config,
      StartModel start,
      ParameterLayout layout,
      LlavaForConditionalGeneration model,
      TowerFeatures tower) {
    boolean markersOnly = config.tuneMmMlpAdapter() && start.tokens().markers();
    return new StageEngine(
        model,
        tower,
        start.params(),
        layout,
        new EngineOptions(
            config.gradientCheckpointing() || layout.isSharded(),
            markersOnly,
            paddingRow(config, start),
            EngineOptions.DEFAULT_HEAD_CHUNK));
  }

  /** A new matrix has no padding row, and -1 means the last one. */
  private static long paddingRow(TrainingConfig config, StartModel start) {
    Integer pad = start.config().languageModel().padTokenId();
    if (!config.quirks().suppressPadEmbeddingGradient()
        || pad == null
        || start.vocabulary().resized()) {
      return -1;
    }
    return pad < 0 ? start.vocabulary().rows() + (long) pad : pad;
  }

  private static MicroBatchOrder order(TrainingConfig config, SampleLoader samples, StepPlan plan)
      throws IOException {
    return config.orderFile() != null
        ? MicroBatchOrder.fromFile(config.orderFile(), samples.size(), config.ranks().rank())
        : MicroBatchOrder.shuffled(
            Arrangement.of(config, samples),
            config.perDeviceTrainBatchSize(),
            plan.microBatchesPerEpoch(),
            config.seed(),
            config.ranks());
  }
}
