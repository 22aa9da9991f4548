package io.github.llavamed.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.inference.Precision;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TrainingConfigTest {
  private static TrainingConfig.Builder withPaths(TrainingConfig.Builder builder) {
    return builder
        .modelNameOrPath(Path.of("start"))
        .dataPath(Path.of("data.json"))
        .outputDir(Path.of("out"))
        .visionTower(Path.of("tower"));
  }

  @Test
  void hasThePublishedNumbers() {
    TrainingConfig stage1 = withPaths(TrainingConfig.stage1()).build();
    TrainingConfig stage2 = withPaths(TrainingConfig.stage2()).build();
    TrainingConfig vqa = withPaths(TrainingConfig.vqaFinetune(15)).build();

    assertThat(stage1.tuneMmMlpAdapter()).isTrue();
    assertThat(stage1.learningRate()).isEqualTo(2e-3);
    assertThat(stage1.perDeviceTrainBatchSize()).isEqualTo(2);
    assertThat(stage1.numTrainEpochs()).isEqualTo(1);
    assertThat(stage1.saveSteps()).isEqualTo(2400);
    assertThat(stage2.tuneMmMlpAdapter()).isFalse();
    assertThat(stage2.learningRate()).isEqualTo(2e-5);
    assertThat(stage2.perDeviceTrainBatchSize()).isEqualTo(1);
    assertThat(stage2.numTrainEpochs()).isEqualTo(3);
    assertThat(stage2.saveTotalLimit()).isEqualTo(3);
    assertThat(vqa.numTrainEpochs()).isEqualTo(15);
    assertThat(vqa)
        .isEqualTo(stage2.toBuilder().numTrainEpochs(15).build())
        .returns(8, TrainingConfig::gradientAccumulationSteps)
        .returns(2048, TrainingConfig::modelMaxLength)
        .returns(0.03, TrainingConfig::warmupRatio)
        .returns(LrSchedulerType.COSINE, TrainingConfig::lrSchedulerType)
        .returns(Precision.BF16, TrainingConfig::precision)
        .returns(true, TrainingConfig::gradientCheckpointing)
        .returns(-2, TrainingConfig::mmVisionSelectLayer);
  }

  @Test
  void readsTheFlagsOfTheOriginal() {
    TrainingConfig.Builder builder = withPaths(TrainingConfig.builder());
    TrainingFlags.apply(builder, "--learning_rate", "2e-3");
    TrainingFlags.apply(builder, "bf16", "True");
    TrainingFlags.apply(builder, "lr-scheduler-type", "cosine");
    TrainingFlags.apply(builder, "--save_strategy", "no");
    TrainingFlags.apply(builder, "lazy_preprocess", "True");

    TrainingConfig config = builder.build();

    assertThat(config.learningRate()).isEqualTo(2e-3);
    assertThat(config.precision()).isEqualTo(Precision.BF16);
    assertThat(config.lrSchedulerType()).isEqualTo(LrSchedulerType.COSINE);
    assertThat(config.saveStrategy()).isEqualTo(SaveStrategy.NO);
  }

  @ParameterizedTest
  @CsvSource({
    "no_such_flag, 1, there is no such flag",
    "bf16, yes, True or False",
    "version, v7, V7",
    "max_steps, many, many"
  })
  void refusesOtherFlags(String flag, String value, String message) {
    assertThatThrownBy(() -> TrainingFlags.apply(TrainingConfig.builder(), flag, value))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--" + flag)
        .hasMessageContaining(message);
  }

  @Test
  void refusesValuesOutOfRange() {
    assertThatThrownBy(() -> TrainingConfig.builder().build())
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("modelNameOrPath");
    assertThatThrownBy(() -> withPaths(TrainingConfig.builder()).learningRate(0).build())
        .hasMessageContaining("learningRate: expected above 0");
    assertThatThrownBy(() -> withPaths(TrainingConfig.builder()).precision(Precision.INT8).build())
        .hasMessageContaining("precision");
  }
}
