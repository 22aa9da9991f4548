package io.github.llavamed.cli;

import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingForecast;
import io.github.llavamed.training.TrainingForecast.DataSummary;
import io.github.llavamed.training.TrainingForecast.MemoryEstimate;
import io.github.llavamed.training.TrainingForecast.TensorGroup;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Prints what a training run would do. Stateless. */
final class ForecastText {
  private static final double GIB = 1 << 30;
  private static final int MOST_MESSAGES = 10;

  private ForecastText() {}

  static void print(TrainingConfig config, TrainingForecast forecast, PrintWriter out) {
    tensors(config, forecast, out);
    data(config, forecast.data(), out);
    steps(config, forecast, out);
    memory(config, forecast.memory(), out);
    out.println("nothing was run or written");
  }

  private static void tensors(TrainingConfig config, TrainingForecast forecast, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "trained: %d tensors, %,d parameters%n",
        forecast.plan().trainable().size(),
        forecast.plan().trainableParameters());
    for (TensorGroup group : forecast.groups()) {
      if (group.trained()) {
        String decay =
            group.decays() ? "weight decay " + config.weightDecay() : "never weight decay";
        group(out, group, decay);
      }
    }
    List<TensorGroup> frozen = forecast.groups().stream().filter(g -> !g.trained()).toList();
    out.printf(
        Locale.ROOT,
        "frozen: %d tensors, %,d parameters%n",
        frozen.stream().mapToInt(TensorGroup::tensors).sum(),
        frozen.stream().mapToLong(TensorGroup::parameters).sum());
    frozen.forEach(group -> group(out, group, ""));
  }

  private static void group(PrintWriter out, TensorGroup group, String decay) {
    String text =
        String.format(
            Locale.ROOT,
            "  %-20s %5d tensors %,16d parameters  %s",
            group.part(),
            group.tensors(),
            group.parameters(),
            decay);
    out.println(text.stripTrailing());
  }

  private static void data(TrainingConfig config, DataSummary data, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "data: %,d samples, %,d with an image (%,d different ones), %,d that cannot be used%n",
        data.samples(),
        data.withImage(),
        data.distinctImages(),
        data.unusable().size());
    data.unusable().stream().limit(MOST_MESSAGES).forEach(text -> out.println("  " + text));
    if (data.unusable().size() > MOST_MESSAGES) {
      out.printf(Locale.ROOT, "  and %,d more%n", data.unusable().size() - MOST_MESSAGES);
    }
    if (!data.unusable().isEmpty()) {
      String fate =
          switch (config.badSamples()) {
            case FAIL -> "the run would stop at the first of them";
            case SKIP -> "they would be left out";
            case RANDOM -> "random others would take their places";
          };
      out.printf(
          Locale.ROOT,
          "  --bad_samples %s: %s%n",
          config.badSamples().name().toLowerCase(Locale.ROOT),
          fate);
    }
  }

  private static void steps(TrainingConfig config, TrainingForecast forecast, PrintWriter out) {
    int ranks = config.ranks().worldSize();
    out.printf(
        Locale.ROOT,
        "steps: %,d in all, %,d an epoch; %d sample(s) x %d accumulated x %d rank(s) = %d a step%n",
        forecast.plan().totalSteps(),
        forecast.stepsPerEpoch(),
        config.perDeviceTrainBatchSize(),
        config.gradientAccumulationSteps(),
        ranks,
        config.perDeviceTrainBatchSize() * config.gradientAccumulationSteps() * ranks);
    if (forecast.plan().firstStep() > 1) {
      out.printf(Locale.ROOT, "  goes on from step %,d%n", forecast.plan().firstStep() - 1);
    }
    out.printf(
        Locale.ROOT,
        "learning rate: up to %s in %,d step(s), then %s%n",
        config.learningRate(),
        forecast.warmupSteps(),
        switch (config.lrSchedulerType()) {
          case COSINE -> "down to 0 along a cosine";
          case LINEAR -> "straight down to 0";
          case CONSTANT, CONSTANT_WITH_WARMUP -> "unchanged";
        });
  }

  private static void memory(TrainingConfig config, MemoryEstimate memory, PrintWriter out) {
    out.printf(
        Locale.ROOT,
        "memory of each rank, an estimate for samples of %d ids: %.2f GiB%n",
        config.modelMaxLength(),
        memory.total() / GIB);
    out.printf(Locale.ROOT, "  weights              %8.2f GiB%n", memory.weights() / GIB);
    out.printf(Locale.ROOT, "  gradients            %8.2f GiB%n", memory.gradients() / GIB);
    out.printf(Locale.ROOT, "  optimiser's moments  %8.2f GiB%n", memory.optimizer() / GIB);
    out.printf(
        Locale.ROOT,
        "  activations          %8.2f GiB with gradient checkpointing, %.2f GiB without; it is"
            + " %s%n",
        memory.recomputedActivations() / GIB,
        memory.activations() / GIB,
        memory.recompute() ? "on" : "off");
  }
}
