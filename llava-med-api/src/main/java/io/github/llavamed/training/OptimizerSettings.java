package io.github.llavamed.training;

/**
 * The part of a {@link TrainingConfig.Builder} that says how a run learns. Confined to one thread.
 *
 * @param <B> the builder
 */
public abstract sealed class OptimizerSettings<B extends OptimizerSettings<B>>
    extends StartSettings<B> permits RunSettings {
  double learningRate = 5e-5;
  double weightDecay;
  double adamBeta1 = 0.9;
  double adamBeta2 = 0.999;
  double adamEpsilon = 1e-8;
  double maxGradNorm = 1;
  double numTrainEpochs = 3;
  long maxSteps = -1;
  LrSchedulerType lrSchedulerType = LrSchedulerType.LINEAR;
  double warmupRatio;
  int warmupSteps;
  int perDeviceTrainBatchSize = 8;
  int gradientAccumulationSteps = 1;
  boolean gradientCheckpointing;
  boolean dataloaderDropLast;

  OptimizerSettings() {}

  /** Takes over all settings. */
  @Override
  void copy(TrainingConfig from) {
    super.copy(from);
    learningRate = from.learningRate();
    weightDecay = from.weightDecay();
    adamBeta1 = from.adamBeta1();
    adamBeta2 = from.adamBeta2();
    adamEpsilon = from.adamEpsilon();
    maxGradNorm = from.maxGradNorm();
    numTrainEpochs = from.numTrainEpochs();
    maxSteps = from.maxSteps();
    lrSchedulerType = from.lrSchedulerType();
    warmupRatio = from.warmupRatio();
    warmupSteps = from.warmupSteps();
    perDeviceTrainBatchSize = from.perDeviceTrainBatchSize();
    gradientAccumulationSteps = from.gradientAccumulationSteps();
    gradientCheckpointing = from.gradientCheckpointing();
    dataloaderDropLast = from.dataloaderDropLast();
  }

  /** Sets {@link TrainingConfig#learningRate}. */
  public final B learningRate(double value) {
    learningRate = value;
    return self();
  }

  /** Sets {@link TrainingConfig#weightDecay}. */
  public final B weightDecay(double value) {
    weightDecay = value;
    return self();
  }

  /** Sets {@link TrainingConfig#adamBeta1}. */
  public final B adamBeta1(double value) {
    adamBeta1 = value;
    return self();
  }

  /** Sets {@link TrainingConfig#adamBeta2}. */
  public final B adamBeta2(double value) {
    adamBeta2 = value;
    return self();
  }

  /** Sets {@link TrainingConfig#adamEpsilon}. */
  public final B adamEpsilon(double value) {
    adamEpsilon = value;
    return self();
  }

  /** Sets {@link TrainingConfig#maxGradNorm}. */
  public final B maxGradNorm(double value) {
    maxGradNorm = value;
    return self();
  }

  /** Sets {@link TrainingConfig#numTrainEpochs}. */
  public final B numTrainEpochs(double value) {
    numTrainEpochs = value;
    return self();
  }

  /** Sets {@link TrainingConfig#maxSteps}. */
  public final B maxSteps(long value) {
    maxSteps = value;
    return self();
  }

  /** Sets {@link TrainingConfig#lrSchedulerType}. */
  public final B lrSchedulerType(LrSchedulerType value) {
    lrSchedulerType = value;
    return self();
  }

  /** Sets {@link TrainingConfig#warmupRatio}. */
  public final B warmupRatio(double value) {
    warmupRatio = value;
    return self();
  }

  /** Sets {@link TrainingConfig#warmupSteps}. */
  public final B warmupSteps(int value) {
    warmupSteps = value;
    return self();
  }

  /** Sets {@link TrainingConfig#perDeviceTrainBatchSize}. */
  public final B perDeviceTrainBatchSize(int value) {
    perDeviceTrainBatchSize = value;
    return self();
  }

  /** Sets {@link TrainingConfig#gradientAccumulationSteps}. */
  public final B gradientAccumulationSteps(int value) {
    gradientAccumulationSteps = value;
    return self();
  }

  /** Sets {@link TrainingConfig#gradientCheckpointing}. */
  public final B gradientCheckpointing(boolean value) {
    gradientCheckpointing = value;
    return self();
  }

  /** Sets {@link TrainingConfig#dataloaderDropLast}. */
  public final B dataloaderDropLast(boolean value) {
    dataloaderDropLast = value;
    return self();
  }
}
