package io.github.llavamed.trainer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainerProvider;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.training.TrainingPlan;
import io.github.llavamed.training.TrainingReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibtorchTrainerProviderTest {
  @TempDir private Path directory;

  @Test
  void isFoundAndTrains() throws IOException {
    TrainerProvider provider =
        ServiceLoader.load(TrainerProvider.class).stream()
            .map(ServiceLoader.Provider::get)
            .filter(found -> found.id().equals("libtorch"))
            .findFirst()
            .orElseThrow();
    Path folder = GoldenFolder.committed("train");
    TrainingConfig config =
        TrainingConfig.stage1()
            .modelNameOrPath(folder.resolve("ckpt/start"))
            .visionTower(folder.resolve("tower/clip28"))
            .dataPath(folder.resolve("data/alignment.json"))
            .imageFolder(folder.resolve("data/images"))
            .outputDir(directory)
            .threads(1)
            .build();
    List<Object> events = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void started(TrainingPlan plan) {
            events.add(plan.totalSteps());
          }

          @Override
          public void stepCompleted(StepMetrics metrics) {
            assertThat(metrics.tokensPerSecond()).isPositive();
            events.add(metrics.step());
          }

          @Override
          public void saved(long step, Path path) {
            events.add(path);
          }
        };

    TrainingReport report = provider.create().train(config, listener);

    assertThat(provider.probe().available()).isTrue();
    assertThat(report.steps()).isEqualTo(2); // 32 samples, 2 a micro-batch, 8 a step
    assertThat(events).containsExactly(2L, 1L, 2L, directory);
    assertThat(Files.readAllLines(directory.resolve("metrics.jsonl"))).hasSize(2);
  }
}
