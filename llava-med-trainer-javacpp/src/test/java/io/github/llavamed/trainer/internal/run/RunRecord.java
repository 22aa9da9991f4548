package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.internal.engine.MicroBatch;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.pytorch.Tensor;

/** Writes down what a run does, to compare it afterwards. */
final class RunRecord implements TrainingRun.Inspector, TrainingListener {
  /** Sum, sum of absolute values, Euclidean norm; in double precision. */
  record Stats(double sum, double absSum, double l2) {
    static Stats of(float[] values) {
      double sum = 0;
      double absSum = 0;
      double squares = 0;
      for (float value : values) {
        sum += value;
        absSum += Math.abs(value);
        squares += (double) value * value;
      }
      return new Stats(sum, absSum, Math.sqrt(squares));
    }
  }

  private final Set<Long> statSteps;
  final List<Double> losses = new ArrayList<>();
  final List<Integer> trainedTokens = new ArrayList<>();
  final List<Integer> lengths = new ArrayList<>();
  final List<StepMetrics> steps = new ArrayList<>();
  final Map<String, Stats> firstGradients = new LinkedHashMap<>();
  final Map<Long, Map<String, Stats>> weights = new LinkedHashMap<>();
  final Map<Long, Map<String, Stats>> expAvgs = new LinkedHashMap<>();
  final Map<Long, Map<String, Stats>> expAvgSqs = new LinkedHashMap<>();
  final List<Path> saved = new ArrayList<>();
  final List<String> warnings = new ArrayList<>();

  RunRecord(Set<Long> statSteps) {
    this.statSteps = Set.copyOf(statSteps);
  }

  @Override
  public void microBatch(MicroBatch batch, double loss) {
    losses.add(loss);
    trainedTokens.add(batch.trainedTokens());
    lengths.add(batch.length());
  }

  @Override
  public void gradients(long step, ParamStore params) {
    if (step != 1) {
      return;
    }
    for (String name : params.trainableNames()) {
      try (Tensor gradient = params.get(name).grad()) {
        if (gradient.defined()) {
          firstGradients.put(DiskNames.V1_0.toDisk(name), stats(gradient));
        }
      }
    }
  }

  @Override
  public void stepped(long step, ParamStore params, AdamW optimizer) {
    if (!statSteps.contains(step)) {
      return;
    }
    params.names().forEach(n -> put(weights, step, n, params.get(n)));
    optimizer.moments().forEach((n, state) -> put(expAvgs, step, n, state.expAvg()));
    optimizer.moments().forEach((n, state) -> put(expAvgSqs, step, n, state.expAvgSq()));
  }

  private static void put(
      Map<Long, Map<String, Stats>> target, long step, String name, Tensor tensor) {
    target
        .computeIfAbsent(step, s -> new LinkedHashMap<>())
        .put(DiskNames.V1_0.toDisk(name), stats(tensor));
  }

  private static Stats stats(Tensor tensor) {
    return Stats.of(TensorTransfer.toFloats(tensor));
  }

  @Override
  public void stepCompleted(StepMetrics metrics) {
    steps.add(metrics);
  }

  @Override
  public void saved(long step, Path path) {
    saved.add(path);
  }

  @Override
  public void warned(String message) {
    warnings.add(message);
  }
}
