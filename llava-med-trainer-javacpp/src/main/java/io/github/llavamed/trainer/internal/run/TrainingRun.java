package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.trainer.internal.distributed.Comm;
import io.github.llavamed.trainer.internal.distributed.ParameterLayout;
import io.github.llavamed.trainer.internal.engine.FeatureStore;
import io.github.llavamed.trainer.internal.engine.MicroBatch;
import io.github.llavamed.trainer.internal.engine.StageEngine;
import io.github.llavamed.trainer.internal.engine.TowerFeatures;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.LoraDropout;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.optim.AdamWConfig;
import io.github.llavamed.trainer.internal.optim.Gradients;
import io.github.llavamed.trainer.internal.optim.LearningRateSchedule;
import io.github.llavamed.trainer.internal.report.RunReports;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.training.SaveStrategy;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.training.TrainingPlan;
import io.github.llavamed.training.TrainingReport;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/**
 * One training run, from start-up to result. Owns native memory; {@link #close()} frees it.
 *
 * <p>Confined to one thread.
 */
public final class TrainingRun implements AutoCloseable {
  private final TrainingConfig config;
  private final TrainingListener listener;
  private final Comm comm;
  private final StartModel start;
  private final SampleLoader samples;
  private final ParameterLayout layout;
  private final FeatureStore features;
  private final TowerFeatures tower;
  private final LoraDropout dropout;
  private final StageEngine engine;
  private final AdamW optimizer;
  private final StepPlan plan;
  private final LearningRateSchedule schedule;
  private final BatchSource batches;
  private final RunCheckpoints checkpoints;
  private final GuardedOutput output;
  private Inspector inspector = new Inspector() {};
  private RunState state;

  /** Sees the numbers of a run from inside; for tests. */
  public interface Inspector {
    /** Called after each micro-batch with its loss, not scaled. */
    default void microBatch(MicroBatch batch, double loss) {}

    /** Called before clipping. */
    default void gradients(long step, ParamStore params) {}

    /** Called after a step. */
    default void stepped(long step, ParamStore params, AdamW optimizer) {}
  }

  private TrainingRun(
      TrainingConfig config,
      TrainingListener listener,
      Comm comm,
      StartModel start,
      SampleLoader samples,
      FeatureStore features)
      throws IOException {
    this.config = config;
    this.listener = listener;
    this.comm = comm;
    this.start = start;
    this.samples = samples;
    this.layout = ParameterLayout.of(start.params(), comm, RunParts.computeType(config));
    this.dropout = new LoraDropout(config.loraDropout(), config.seed());
    LlavaForConditionalGeneration model = RunParts.model(config, start, dropout);
    this.features = features;
    this.tower = new TowerFeatures(model, features);
    this.engine = RunParts.engine(config, start, layout, model, tower);
    this.optimizer =
        new AdamW(
            new AdamWConfig(
                config.adamBeta1(), config.adamBeta2(), config.adamEpsilon(), config.weightDecay()),
            layout.held());
    this.plan = StepPlan.of(samples.size(), config);
    this.schedule =
        new LearningRateSchedule(
            config.lrSchedulerType(),
            config.learningRate(),
            plan.warmupSteps(config),
            plan.totalSteps());
    this.checkpoints = new RunCheckpoints(config, start, layout, comm, optimizer, listener);
    this.output = new GuardedOutput(config.outputDir());
    this.state = new ResumePoint(config, plan, samples.size(), comm, listener).of(checkpoints);
    this.batches = RunParts.batches(config, start, samples, plan, listener, state.nextMicroBatch());
    start.notes().forEach(listener::warned);
  }

  /**
   * Loads everything that a run needs, and the newest checkpoint if there is one.
   *
   * @throws io.github.llavamed.error.LlavaMedException if something does not fit
   */
  public static TrainingRun open(TrainingConfig config, TrainingListener listener)
      throws IOException {
    LibTorch.requireDevice(config.device());
    LibTorch.setThreads(config.threads(), config.precision() == Precision.FP32);
    StartModel start = StartModel.load(config);
    SampleLoader samples = null;
    Comm comm = null;
    try {
      if (start.params().trainableNames().isEmpty()) {
        throw new IllegalArgumentException("nothing to train: every tensor is frozen");
      }
      FeatureStore[] features = {FeatureStore.NONE};
      samples =
          SampleLoader.open(
              config,
              start.tokens(),
              start.config(),
              processor -> features[0] = RunParts.features(config, start, processor));
      comm = Comm.join(config.ranks(), config.device());
      return new TrainingRun(config, listener, comm, start, samples, features[0]);
    } catch (IOException | RuntimeException e) {
      start.close();
      if (samples != null) {
        samples.close();
      }
      if (comm != null) {
        comm.close();
      }
      throw e;
    }
  }

  /** Lets a test see inside. */
  public void inspect(Inspector watcher) {
    inspector = watcher;
  }

  /** Returns the model's tensors, which stay the run's. */
  public ParamStore params() {
    return start.params();
  }

  /** Returns what the run is about to do. */
  public TrainingPlan plan() {
    List<String> trainable = start.params().trainableNames();
    return new TrainingPlan(
        samples.size(),
        plan.microBatchesPerEpoch(),
        plan.totalSteps(),
        state.step() + 1,
        trainable.stream().map(start.names()::toDisk).toList(),
        trainable.stream().mapToLong(name -> start.params().get(name).numel()).sum());
  }

  /** Returns how often the vision tower has run. */
  long towerRuns() {
    return tower.runs();
  }

  /** Returns the peak of the learning rate. */
  public double learningRate() {
    return config.learningRate();
  }

  /** Takes all steps that are left, and writes the result. */
  public TrainingReport run() throws IOException {
    runUntil(plan.totalSteps());
    output.write(
        state.step(), "the result in " + config.outputDir(), () -> checkpoints.saveResult(state));
    if (config.ranks().isMain()) {
      drawLossCurve();
    }
    comm.barrier();
    return new TrainingReport(
        state.step(), List.copyOf(new TreeSet<>(batches.refused())), config.outputDir());
  }

  /** Takes steps up to a number of them, and writes checkpoints where they are due. */
  public void runUntil(long lastStep) throws IOException {
    listener.started(plan());
    if (layout.isSharded() && config.ranks().isMain() && !config.gradientCheckpointing()) {
      listener.warned("sharding full: layers are computed again in the backward pass");
    }
    comm.barrier(); // all ranks have read the checkpoints
    try (RunReports reports = RunReports.open(config, state.step())) {
      while (state.step() < lastStep) {
        StepMetrics done = step();
        output.write(done.step(), "the figures of the step", () -> reports.write(done));
        listener.stepCompleted(done);
        saveIfDue();
      }
    }
  }

  private void saveIfDue() throws IOException {
    if (config.saveStrategy() == SaveStrategy.STEPS && state.step() % config.saveSteps() == 0) {
      output.write(state.step(), "checkpoint-" + state.step(), () -> checkpoints.save(state));
    }
  }

  /** A run that has its weights does not fail for want of a picture, say on a JVM without fonts. */
  private void drawLossCurve() {
    try {
      RunReports.drawLossCurve(config.outputDir());
    } catch (IOException | RuntimeException | LinkageError e) {
      listener.warned("the loss curve cannot be drawn: " + e);
    }
  }

  private StepMetrics step() throws IOException {
    long begin = System.nanoTime();
    Accumulated sums = accumulate();
    long step = state.step() + 1;
    layout.averageGradients();
    inspector.gradients(step, layout.held());
    double norm = layout.gradientNorm();
    checkFinite(norm, sums.samples);
    if (config.maxGradNorm() > 0) {
      Gradients.clip(layout.held(), norm, config.maxGradNorm());
    }
    double rate = schedule.at(state.step());
    optimizer.step(rate);
    Gradients.clear(layout.held());
    state = new RunState(step, sums.nextMicroBatch, sums.countedMicroBatches, state.seed());
    inspector.stepped(step, layout.held(), optimizer);
    features.takeWarnings().forEach(listener::warned);
    double[] all = comm.sum(sums.loss, (double) sums.tokens, (double) sums.trainedTokens);
    return new StepMetrics(
        step,
        (double) sums.nextMicroBatch / plan.microBatchesPerEpoch(),
        all[0] / config.ranks().worldSize(),
        rate,
        norm,
        (long) all[1],
        (long) all[2],
        (System.nanoTime() - begin) / 1e9,
        LibTorch.memoryBytes(),
        sums.samples,
        sums.microLosses);
  }

  /** What the micro-batches of a step add up to. */
  private static final class Accumulated {
    private double loss;
    private long tokens;
    private long trainedTokens;
    private long nextMicroBatch;
    private long countedMicroBatches;
    private final List<Integer> samples = new ArrayList<>();
    private final List<Double> microLosses = new ArrayList<>();
  }

  /** Runs the micro-batches of one step; gradients add up in the parameters. */
  private Accumulated accumulate() throws IOException {
    Accumulated sums = new Accumulated();
    sums.nextMicroBatch = state.nextMicroBatch();
    sums.countedMicroBatches = state.countedMicroBatches();
    boolean ended = false;
    while (!ended) {
      long number = sums.nextMicroBatch++;
      PreparedBatch prepared = batches.next();
      dropout.begin(number, config.ranks().rank());
      MicroBatch batch = prepared.batch();
      if (batch == null) {
        engine.idle();
      } else {
        double loss = engine.accumulate(batch, 1.0 / plan.accumulation());
        checkFinite(loss, batch, prepared.samples());
        sums.samples.addAll(prepared.samples());
        sums.microLosses.add(loss);
        inspector.microBatch(batch, loss);
        if (batch.trainedTokens() == 0) {
          listener.warned("micro-batch %d: no label to train; passed over".formatted(number));
        } else {
          sums.loss += loss / plan.accumulation();
        }
        sums.tokens += batch.tokens();
        sums.trainedTokens += batch.trainedTokens();
      }
      sums.countedMicroBatches++;
      ended = plan.endsStep(number, sums.countedMicroBatches);
    }
    return sums;
  }

  /** Before the optimiser: its step would spread what is not a number over all weights. */
  private void checkFinite(double norm, List<Integer> numbers) {
    if (!Double.isFinite(norm)) {
      throw new LlavaMedException(
          "step %d: the gradient norm of samples %s is %s; %s"
              .formatted(state.step() + 1, numbers, norm, whatNow()));
    }
  }

  private String whatNow() {
    return "nothing was changed by this step and checkpoints in %s are sound: lower the learning rate or look at these samples"
        .formatted(config.outputDir());
  }

  /** A batch without a label has no mean loss; any other must be a number. */
  private void checkFinite(double loss, MicroBatch batch, List<Integer> numbers) {
    if (batch.trainedTokens() > 0 && !Double.isFinite(loss)) {
      throw new LlavaMedException(
          "step %d: the loss of samples %s is %s; %s"
              .formatted(state.step() + 1, numbers, loss, whatNow()));
    }
  }

  @Override
  public void close() throws IOException {
    batches.close();
    comm.close();
    optimizer.close();
    start.close();
    samples.close();
  }
}
