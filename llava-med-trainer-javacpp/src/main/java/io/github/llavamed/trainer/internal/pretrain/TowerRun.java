package io.github.llavamed.trainer.internal.pretrain;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.optim.AdamWConfig;
import io.github.llavamed.trainer.internal.optim.Gradients;
import io.github.llavamed.trainer.internal.optim.LearningRateSchedule;
import io.github.llavamed.trainer.internal.report.RunReports;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.pretraining.TowerReport;
import io.github.llavamed.trainer.pretraining.TowerSamples;
import io.github.llavamed.trainer.pretraining.TowerTrainingConfig;
import io.github.llavamed.training.LrSchedulerType;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.training.TrainingPlan;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.NoGradGuard;
import org.bytedeco.pytorch.Tensor;

/** One training of a tower. Owns native memory; {@link #close()} frees it. One thread. */
public final class TowerRun implements AutoCloseable {
  private static final AdamWConfig ADAM = new AdamWConfig(0.9, 0.999, 1e-8, 0);
  private static final double MAX_GRAD_NORM = 1;
  private static final int EXTRA_ROUNDS = 2;

  private final TowerTrainingConfig config;
  private final TowerSamples samples;
  private final TowerSamples heldOut;
  private final TrainingListener listener;
  private final ParamStore params;
  private final TowerModel model;
  private final AdamW optimizer;
  private final TowerFiles files;
  private long step;

  private TowerRun(
      TowerTrainingConfig config,
      TowerSamples samples,
      TowerSamples heldOut,
      TrainingListener listener,
      ParamStore params)
      throws IOException {
    this.config = config;
    this.samples = samples;
    this.heldOut = heldOut;
    this.listener = listener;
    this.params = params;
    this.model = new TowerModel(params, config);
    this.optimizer =
        new AdamW(
            new AdamWConfig(ADAM.beta1(), ADAM.beta2(), ADAM.epsilon(), config.weightDecay()),
            params);
    this.files = new TowerFiles(config, params, optimizer);
    this.step = files.restore();
  }

  /** Draws the first weights, and restores the checkpoint if there is one. */
  public static TowerRun open(
      TowerTrainingConfig config,
      TowerSamples samples,
      TowerSamples heldOut,
      TrainingListener listener)
      throws IOException {
    LibTorch.setThreads(config.threads(), true);
    ParamStore params = new ParamStore("cpu");
    try {
      TowerWeights.drawInto(params, config);
      params.setTrainable(Set.copyOf(params.names()));
      return new TowerRun(config, samples, heldOut, listener, params);
    } catch (IOException | RuntimeException e) {
      params.close();
      throw e;
    }
  }

  /** Trains until the goal is met or the rounds are over, and writes the tower. */
  public TowerReport run() throws IOException {
    long begin = 0;
    double share = 0;
    for (int round = 0; round <= EXTRA_ROUNDS; round++) {
      long length = round == 0 ? config.steps() : (config.steps() + 1) / 2;
      train(begin, length);
      begin += length;
      share = shareAllRight();
      if (share >= config.goal()) {
        break;
      }
      if (round < EXTRA_ROUNDS) {
        listener.warned(
            "all attributes are right on %.1f %% of the held-out images, expected %.1f %%: training on"
                .formatted(100 * share, 100 * config.goal()));
      }
    }
    double scale = 1 / featureDeviation();
    model.scaleFeatures(scale);
    files.writeTower();
    drawLossCurve();
    listener.saved(step, config.outputDir());
    return new TowerReport(step, share, scale, config.outputDir());
  }

  /** A run that has its weights does not fail for want of a picture, say on a JVM without fonts. */
  private void drawLossCurve() {
    try {
      RunReports.drawLossCurve(config.outputDir());
    } catch (IOException | RuntimeException | LinkageError e) {
      listener.warned("the loss curve cannot be drawn: " + e);
    }
  }

  /** Takes the steps of a round, from where the run stands. */
  private void train(long begin, long length) throws IOException {
    if (step >= begin + length) {
      return;
    }
    long warmup = (long) Math.ceil(length * config.warmupRatio());
    LearningRateSchedule schedule =
        new LearningRateSchedule(LrSchedulerType.COSINE, config.learningRate(), warmup, length);
    listener.started(plan(begin + length));
    try (RunReports reports = RunReports.open(config.outputDir(), step)) {
      while (step < begin + length) {
        StepMetrics done = step(schedule.at(step - begin));
        reports.write(done);
        listener.stepCompleted(done);
        if (step % config.saveSteps() == 0) {
          listener.saved(step, files.save(step));
        }
      }
    }
  }

  private TrainingPlan plan(long total) {
    List<String> names = params.trainableNames();
    long elements = names.stream().mapToLong(name -> params.get(name).numel()).sum();
    return new TrainingPlan(samples.size(), stepsPerEpoch(), total, step + 1, names, elements);
  }

  private int stepsPerEpoch() {
    return Math.max(1, samples.size() / config.batchSize());
  }

  private StepMetrics step(double rate) throws IOException {
    long start = System.nanoTime();
    int[] numbers = batchNumbers(step);
    double loss;
    try (PointerScope scope = new PointerScope()) {
      Tensor value = model.loss(TowerBatch.of(config, samples, numbers));
      value.backward();
      loss = value.item_double();
    }
    step++;
    if (!Double.isFinite(loss)) {
      throw new LlavaMedException(
          "tower, step %d: the loss is %s; lower the learning rate".formatted(step, loss));
    }
    double norm = Gradients.norm(params);
    Gradients.clip(params, norm, MAX_GRAD_NORM);
    optimizer.step(rate);
    Gradients.clear(params);
    return new StepMetrics(
        step,
        (double) step / stepsPerEpoch(),
        loss,
        rate,
        norm,
        (long) numbers.length * config.tower().patchCount(),
        (long) numbers.length * config.tower().patchCount(),
        (System.nanoTime() - start) / 1e9,
        LibTorch.memoryBytes(),
        Arrays.stream(numbers).boxed().toList(),
        List.of(loss));
  }

  /** Returns the samples of a step: every epoch has its own order, and leaves the rest out. */
  private int[] batchNumbers(long number) {
    int[] order = new int[samples.size()];
    Arrays.setAll(order, i -> i);
    Random random = new Random(config.seed() + number / stepsPerEpoch());
    for (int i = order.length - 1; i > 0; i--) {
      int j = random.nextInt(i + 1);
      int swapped = order[i];
      order[i] = order[j];
      order[j] = swapped;
    }
    int from = Math.toIntExact(number % stepsPerEpoch()) * config.batchSize();
    return Arrays.copyOfRange(order, from, Math.min(order.length, from + config.batchSize()));
  }

  private double shareAllRight() throws IOException {
    long right = 0;
    for (int from = 0; from < heldOut.size(); from += config.batchSize()) {
      try (NoGradGuard guard = new NoGradGuard();
          PointerScope scope = new PointerScope()) {
        right += model.allRight(TowerBatch.of(config, heldOut, heldOutNumbers(from)));
      }
    }
    return (double) right / heldOut.size();
  }

  /** Returns the standard deviation of the selected features over held-out images. */
  private double featureDeviation() throws IOException {
    double sum = 0;
    double squares = 0;
    long count = 0;
    for (int from = 0; from < heldOut.size(); from += config.batchSize()) {
      try (NoGradGuard guard = new NoGradGuard();
          PointerScope scope = new PointerScope()) {
        Tensor features =
            model.features(TowerBatch.of(config, heldOut, heldOutNumbers(from))); // [n, p, w]
        sum += features.sum().item_double();
        squares += features.square().sum().item_double();
        count += features.numel();
      }
    }
    double mean = sum / count;
    return Math.sqrt(squares / count - mean * mean);
  }

  private int[] heldOutNumbers(int from) {
    int[] numbers = new int[Math.min(config.batchSize(), heldOut.size() - from)];
    Arrays.setAll(numbers, i -> from + i);
    return numbers;
  }

  @Override
  public void close() {
    optimizer.close();
    params.close();
  }
}
