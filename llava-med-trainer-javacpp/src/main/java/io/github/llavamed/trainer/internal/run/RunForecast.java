package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.data.InstructionSample;
import io.github.llavamed.trainer.internal.engine.FeatureStore;
import io.github.llavamed.trainer.internal.nn.LlavaForConditionalGeneration;
import io.github.llavamed.trainer.internal.nn.MultiModalProjector;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.training.InvalidTrainingDataException;
import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.Sharding;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingForecast;
import io.github.llavamed.training.TrainingForecast.DataSummary;
import io.github.llavamed.training.TrainingForecast.TensorGroup;
import io.github.llavamed.training.TrainingPlan;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Works out what a run would do, from tensors that have shapes but no elements. Stateless. */
final class RunForecast {
  /** libtorch's device of such tensors. */
  private static final String SHAPES_ONLY = "meta";

  private RunForecast() {}

  static TrainingForecast of(TrainingConfig config) throws IOException {
    TrainingConfig whole =
        config.toBuilder()
            .device(SHAPES_ONLY)
            .ranks(RankContext.SINGLE)
            .sharding(Sharding.NONE)
            .build();
    try (StartModel start = StartModel.load(whole);
        SampleLoader samples =
            SampleLoader.open(
                config, start.tokens(), start.config(), processor -> FeatureStore.NONE)) {
      StepPlan plan = StepPlan.of(samples.size(), config);
      List<TensorGroup> groups = groups(start.params());
      return new TrainingForecast(
          plan(config, start, samples.size(), plan),
          plan.stepsPerEpoch(),
          plan.warmupSteps(config),
          groups,
          summary(samples),
          MemoryNeed.of(config, start));
    }
  }

  private static TrainingPlan plan(
      TrainingConfig config, StartModel start, int samples, StepPlan plan) throws IOException {
    List<String> trained = start.params().trainableNames();
    return new TrainingPlan(
        samples,
        plan.microBatchesPerEpoch(),
        plan.totalSteps(),
        stepsTaken(config.outputDir()) + 1,
        trained.stream().map(start.names()::toDisk).toList(),
        trained.stream().mapToLong(name -> start.params().get(name).numel()).sum());
  }

  private static long stepsTaken(Path outputDir) throws IOException {
    for (Map.Entry<Long, Path> found :
        new CheckpointFolder(outputDir).list().descendingMap().entrySet()) {
      if (CheckpointFolder.damage(found.getValue()).isEmpty()) {
        return found.getKey();
      }
    }
    return 0;
  }

  private static List<TensorGroup> groups(ParamStore params) {
    Map<TensorGroup, long[]> sums = new LinkedHashMap<>();
    for (String name : params.names()) {
      boolean trained = params.isTrainable(name);
      TensorGroup kind = new TensorGroup(part(name), trained, trained && AdamW.decays(name), 0, 0);
      long[] sum = sums.computeIfAbsent(kind, k -> new long[2]);
      sum[0]++;
      sum[1] += params.get(name).numel();
    }
    List<TensorGroup> groups = new ArrayList<>();
    sums.forEach(
        (kind, sum) ->
            groups.add(
                new TensorGroup(kind.part(), kind.trained(), kind.decays(), (int) sum[0], sum[1])));
    return groups;
  }

  private static String part(String name) {
    if (LoraPairs.isPart(name)) {
      return "low-rank additions";
    }
    if (StartModel.isTower(name)) {
      return "vision tower";
    }
    if (name.startsWith(MultiModalProjector.PREFIX)) {
      return "projector";
    }
    return switch (name) {
      case LlavaForConditionalGeneration.EMBED_TOKENS -> "token embedding";
      case LlavaForConditionalGeneration.FINAL_NORM -> "final norm";
      case LlavaForConditionalGeneration.LM_HEAD -> "output head";
      default -> "decoder layers";
    };
  }

  private static DataSummary summary(SampleLoader samples) throws IOException {
    Set<String> images = new HashSet<>();
    List<String> unusable = new ArrayList<>();
    int withImage = 0;
    for (int i = 0; i < samples.size(); i++) {
      try {
        InstructionSample sample = samples.inspect(i);
        if (sample.image() != null) {
          withImage++;
          images.add(sample.image());
        }
      } catch (InvalidTrainingDataException e) {
        unusable.add(String.valueOf(e.getMessage()));
      }
    }
    return new DataSummary(samples.size(), withImage, images.size(), unusable);
  }
}
