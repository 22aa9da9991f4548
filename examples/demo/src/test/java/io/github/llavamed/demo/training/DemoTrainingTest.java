package io.github.llavamed.demo.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.LlavaMed;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.demo.dataset.DatasetSizes;
import io.github.llavamed.demo.dataset.PhantomDataset;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.trainer.LibtorchTrainerProvider;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.Trainer;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DemoTrainingTest {
  private static final DatasetSizes SMALL = new DatasetSizes(48, 6, 320, 20, 3, 160);

  @TempDir Path directory;

  /** Keeps all losses, and stops the training after a stage if told so. */
  private static final class Losses implements DemoTrainingListener {
    private final Map<DemoStage, List<Double>> byStage = new EnumMap<>(DemoStage.class);
    private final List<DemoStage> skipped = new ArrayList<>();

    @Override
    public TrainingListener started(DemoStage stage) {
      List<Double> losses = byStage.computeIfAbsent(stage, key -> new ArrayList<>());
      return new TrainingListener() {
        @Override
        public void stepCompleted(StepMetrics metrics) {
          losses.add(metrics.loss());
        }
      };
    }

    @Override
    public void skipped(DemoStage stage) {
      skipped.add(stage);
    }
  }

  private static Trainer trainer() {
    return new LibtorchTrainerProvider().create();
  }

  /** Steps of every stage: about twenty of tower and decoder. */
  private static DemoTrainingConfig config(Path output) {
    return DemoTrainingConfig.of(output).withSizes(SMALL).withStepsScale(0.02);
  }

  private static double mean(List<Double> losses) {
    return losses.stream().mapToDouble(Double::doubleValue).average().orElseThrow();
  }

  @Test
  void everyStageLearnsAndTheResultIsAModelThatAnswers() throws IOException {
    Losses losses = new Losses();
    DemoTrainingConfig twenty = config(directory.resolve("run"));

    Path model = DemoTraining.run(twenty, DemoTrainingTest::trainer, losses);

    for (DemoStage stage : DemoStage.values()) {
      List<Double> values = losses.byStage.getOrDefault(stage, List.of());
      int half = values.size() / 2;
      assertThat(values).as(stage.id()).hasSize(twenty.steps(stage));
      assertThat(mean(values.subList(half, values.size())))
          .as(stage.id())
          .isLessThan(mean(values.subList(0, half)));
    }
    assertThat(Files.size(model.resolve("model.safetensors"))).isLessThan(3_000_000);
    try (VisionLanguageModel loaded = LlavaMed.load(model)) {
      byte[] picture = PhantomDataset.testImage(0, PhantomDataset.DISPLAY_SIZE).png();
      assertThat(loaded.ask(ImageInput.of(picture), "Is this image normal?").outputIds())
          .isNotEmpty();
    }
  }

  @Test
  void theSameSeedGivesTheSameLossesAlsoWhenTheRunStopsBetweenStages() throws IOException {
    DemoTrainingConfig few = config(directory.resolve("straight")).withStepsScale(0.003);
    Losses straight = new Losses();
    DemoTraining.run(few, DemoTrainingTest::trainer, straight);

    DemoTrainingConfig again = config(directory.resolve("again")).withStepsScale(0.003);
    Losses beginning = new Losses();
    DemoTraining.run(again.withLastStage(DemoStage.LANGUAGE), DemoTrainingTest::trainer, beginning);
    Losses rest = new Losses();
    DemoTraining.run(again, DemoTrainingTest::trainer, rest);

    assertThat(rest.skipped).containsExactly(DemoStage.TOWER, DemoStage.LANGUAGE);
    rest.byStage.putAll(beginning.byStage);
    assertThat(rest.byStage).isEqualTo(straight.byStage);
  }

  @Test
  void refusesADirectoryWithOtherFiles() throws IOException {
    Files.writeString(directory.resolve("thesis.txt"), "years of work");

    assertThatThrownBy(
            () -> DemoTraining.run(config(directory), DemoTrainingTest::trainer, new Losses()))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("found other files; give another output directory");
  }

  @Test
  void refusesTheBeginningOfAnotherRun() throws IOException {
    RunFolder.open(config(directory));

    assertThatThrownBy(() -> RunFolder.open(config(directory).withSeed(3)))
        .isInstanceOf(FileAlreadyExistsException.class)
        .hasMessageContaining("\"seed\":3")
        .hasMessageContaining("give the same settings, or another output directory");
  }

  @Test
  void rejectsAStageThatDoesNotExist() {
    assertThatThrownBy(() -> DemoStage.named("stage9"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage(
            "stage: expected one of tower, language, alignment, instruction, vqa, found 'stage9'");
  }
}
