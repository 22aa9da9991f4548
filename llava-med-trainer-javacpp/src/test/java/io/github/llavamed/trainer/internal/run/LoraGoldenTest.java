package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.assertj.core.api.Assertions.withinPercentage;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TensorAssert;
import io.github.llavamed.trainer.internal.distributed.ParameterLayout;
import io.github.llavamed.trainer.internal.engine.MicroBatch;
import io.github.llavamed.trainer.internal.engine.StageEngine;
import io.github.llavamed.trainer.internal.optim.AdamW;
import io.github.llavamed.trainer.internal.optim.AdamWConfig;
import io.github.llavamed.trainer.internal.optim.Gradients;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.TextVersion;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Low-rank training against the peft library. */
@Tag("golden")
class LoraGoldenTest {
  private static final Path FOLDER = TrainingCase.FOLDER;

  // From the README of the golden folder.
  private static final double LOSS = 2e-5;
  private static final double GRAD_NORM_PERCENT = 0.01;
  private static final double MERGED = 2e-5;

  @TempDir private Path directory;

  static Stream<Path> cases() throws IOException {
    try (Stream<Path> folders = Files.list(FOLDER.resolve("lora"))) {
      return folders.filter(Files::isDirectory).sorted().toList().stream();
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void trainsLikePeft(Path folder) throws IOException {
    JsonNode expected = GoldenFolder.json(folder.resolve("expected.json"));
    JsonNode settings = expected.get("settings");
    List<String> targets = new ArrayList<>();
    settings.get("target_modules").forEach(target -> targets.add(target.asText()));
    TrainingConfig config =
        TrainingConfig.builder()
            .modelNameOrPath(FOLDER.resolve(expected.get("base").asText()))
            .dataPath(FOLDER)
            .outputDir(directory)
            .version(TextVersion.V1)
            .loraRank(settings.get("r").intValue())
            .loraAlpha(settings.get("lora_alpha").doubleValue())
            .loraTargetModules(targets)
            .initialTensors(folder.resolve("adapter_initial/adapter_model.safetensors"))
            .threads(1)
            .build();
    LibTorch.load();
    LibTorch.setThreads(1, true);
    try (StartModel model = StartModel.load(config)) {
      ParamStore params = model.params();
      assertThat(params.trainableNames()).hasSize(expected.get("trainable").size());
      train(expected, config, model);
      LoraPairs lora = LoraPairs.in(params, config);
      try (Checkpoint merged = Checkpoint.open(folder.resolve("merged_changed.safetensors"))) {
        assertThat(merged.tensors()).isNotEmpty();
        for (String name : merged.tensors().keySet()) {
          try (Tensor mine = lora.merged(name)) {
            compare(name, mine, merged);
          }
        }
      }
      new ModelFiles(config, model, ParameterLayout.alone(params)).writeLora(directory);
      try (Checkpoint written = Checkpoint.open(directory.resolve("adapter_model.safetensors"));
          Checkpoint wanted =
              Checkpoint.open(folder.resolve("adapter_final/adapter_model.safetensors"))) {
        assertThat(written.tensors().keySet()).isEqualTo(wanted.tensors().keySet());
      }
    }
  }

  private static void compare(String name, Tensor mine, Checkpoint expected) {
    TensorAssert.isCloseTo(
        name, TensorTransfer.toFloats(mine), expected.tensor(name).toFloats(), MERGED, 0);
  }

  private static void train(JsonNode expected, TrainingConfig config, StartModel model) {
    StageEngine engine = RunParts.engine(config, model);
    JsonNode numbers = expected.get("optimizer");
    AdamWConfig optimizer =
        new AdamWConfig(
            numbers.get("betas").get(0).doubleValue(),
            numbers.get("betas").get(1).doubleValue(),
            numbers.get("eps").doubleValue(),
            numbers.get("weight_decay").doubleValue());
    try (AdamW adam = new AdamW(optimizer, model.params())) {
      assertThat(expected.get("steps").size()).isPositive();
      for (JsonNode step : expected.get("steps")) {
        double loss = engine.accumulate(batch(expected.get("rows"), step.get("rows")), 1);
        assertThat(loss).isCloseTo(step.get("loss").doubleValue(), within(LOSS));
        double norm = Gradients.norm(model.params());
        assertThat(norm)
            .isCloseTo(step.get("grad_norm").doubleValue(), withinPercentage(GRAD_NORM_PERCENT));
        if (!numbers.get("max_grad_norm").isNull()) {
          Gradients.clip(model.params(), norm, numbers.get("max_grad_norm").doubleValue());
        }
        adam.step(step.get("lr").doubleValue());
        Gradients.clear(model.params());
      }
    }
  }

  private static MicroBatch batch(JsonNode rows, JsonNode numbers) {
    int count = numbers.size();
    int[][] ids = new int[count][];
    int[][] labels = new int[count][];
    int length = 0;
    for (int i = 0; i < count; i++) {
      ids[i] = GoldenFolder.ints(rows.get(numbers.get(i).intValue()).get("input_ids"));
      labels[i] = GoldenFolder.ints(rows.get(numbers.get(i).intValue()).get("labels"));
      length = Math.max(length, ids[i].length);
    }
    boolean[][] mask = new boolean[count][length];
    for (int i = 0; i < count; i++) {
      int real = ids[i].length;
      Arrays.fill(mask[i], 0, real, true);
      ids[i] = Arrays.copyOf(ids[i], length);
      labels[i] = Arrays.copyOf(labels[i], length);
      Arrays.fill(labels[i], real, length, -100);
    }
    return new MicroBatch(ids, labels, mask, List.of(), 0, List.of(), new boolean[count]);
  }
}
