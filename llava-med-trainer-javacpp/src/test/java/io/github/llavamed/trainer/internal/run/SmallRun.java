package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.LrSchedulerType;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** A run of a few milliseconds a step, on the committed tiny model. */
final class SmallRun {
  static final Path FOLDER = GoldenFolder.committed("train");

  private SmallRun() {}

  /** 32 samples, 16 micro-batches an epoch, 3 a step: one is carried over. */
  static TrainingConfig.Builder config(Path outputDir) {
    return TrainingConfig.builder()
        .modelNameOrPath(FOLDER.resolve("ckpt/start"))
        .visionTower(FOLDER.resolve("tower/clip28"))
        .dataPath(FOLDER.resolve("data/alignment.json"))
        .imageFolder(FOLDER.resolve("data/images"))
        .outputDir(outputDir)
        .mmVisionSelectLayer(-2)
        .mmUseImStartEnd(true)
        .modelMaxLength(256)
        .learningRate(1e-3)
        .lrSchedulerType(LrSchedulerType.COSINE)
        .perDeviceTrainBatchSize(2)
        .gradientAccumulationSteps(3)
        .maxSteps(6)
        .saveSteps(3)
        .threads(1)
        .seed(7);
  }

  static Path root() {
    return GoldenFolder.root();
  }

  /** Runs to the end and returns the weights without the tower. */
  static Map<String, float[]> train(TrainingConfig config, TrainingListener listener)
      throws IOException {
    try (TrainingRun run = TrainingRun.open(config, listener)) {
      run.run();
      return weights(run.params());
    }
  }

  static Map<String, float[]> weights(ParamStore params) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    for (String name : params.names()) {
      if (!StartModel.isTower(name)) {
        weights.put(DiskNames.V1_0.toDisk(name), TensorTransfer.toFloats(params.get(name)));
      }
    }
    return weights;
  }
}
