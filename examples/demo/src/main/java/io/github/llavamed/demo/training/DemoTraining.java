package io.github.llavamed.demo.training;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.demo.dataset.PhantomDataset;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.trainer.pretraining.TowerPretrainer;
import io.github.llavamed.trainer.pretraining.TowerReport;
import io.github.llavamed.trainer.pretraining.TowerTrainingConfig;
import io.github.llavamed.training.TextVersion;
import io.github.llavamed.training.Trainer;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.weights.Consolidation;
import io.github.llavamed.weights.WeightsOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.function.Supplier;

/**
 * Trains the demo model from nothing: tower, decoder, then the three stages of the original.
 *
 * <p>A run that was interrupted goes on where it stood when it is started again with the same
 * settings. Confined to one thread.
 */
public final class DemoTraining {
  /** Folder of the data set below the output directory. */
  public static final String DATA = "data";

  /** Folder of the finished model below the output directory: float16, v1.5's layout. */
  public static final String MODEL = "model";

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String START = "start";
  private static final int SAVE_STEPS = 100;
  private static final double WARMUP_RATIO = 0.03;
  private static final double TOWER_WEIGHT_DECAY = 0.01;

  /** A tower that tells less than this has not broken through, and nothing can be built on it. */
  private static final double TOWER_GOAL = 0.9;

  private final DemoTrainingConfig config;
  private final Supplier<Trainer> trainer;
  private final DemoTrainingListener listener;
  private final RunFolder folder;

  private DemoTraining(
      DemoTrainingConfig config, Supplier<Trainer> trainer, DemoTrainingListener listener)
      throws IOException {
    this.config = config;
    this.trainer = trainer;
    this.listener = listener;
    this.folder = RunFolder.open(config);
  }

  /**
   * Runs all stages that are not finished, and returns where the model is, or the last stage's
   * folder if the run ends earlier.
   *
   * @param trainer what runs the stages of the original
   * @throws java.nio.file.FileAlreadyExistsException if the output directory holds anything but the
   *     beginning of the same run
   * @throws io.github.llavamed.error.LlavaMedException if training fails
   */
  public static Path run(
      DemoTrainingConfig config, Supplier<Trainer> trainer, DemoTrainingListener listener)
      throws IOException {
    return new DemoTraining(config, trainer, listener).run();
  }

  private Path run() throws IOException {
    if (!folder.isFinished(DATA)) {
      listener.said("painting phantoms into " + folder.folder(DATA));
      PhantomDataset.write(folder.folder(DATA), config.sizes(), config.seed());
      folder.finish(DATA, JSON.createObjectNode());
    }
    Path last = folder.folder(DATA);
    for (DemoStage stage : DemoStage.values()) {
      if (stage.compareTo(config.lastStage()) <= 0) {
        last = folder.folder(stage.folder());
        train(stage);
      }
    }
    return config.lastStage() == DemoStage.VQA ? finish(last) : last;
  }

  private void train(DemoStage stage) throws IOException {
    if (folder.isFinished(stage.folder())) {
      listener.skipped(stage);
      return;
    }
    long begin = System.nanoTime();
    TrainingListener steps = listener.started(stage);
    ObjectNode facts = JSON.createObjectNode().put("steps", config.steps(stage));
    if (stage == DemoStage.TOWER) {
      trainTower(steps, facts);
    } else {
      trainer.get().train(settings(stage), steps);
    }
    double seconds = (System.nanoTime() - begin) / 1e9;
    folder.finish(stage.folder(), facts.put("seconds", seconds));
    listener.finished(stage, seconds);
  }

  private void trainTower(TrainingListener steps, ObjectNode facts) throws IOException {
    Path output = folder.folder(DemoStage.TOWER.folder());
    boolean whole = config.stepsScale() >= 1;
    TowerTrainingConfig settings =
        new TowerTrainingConfig(
            DemoShape.TOWER,
            DemoShape.SELECTION,
            PhantomAttributes.COUNT,
            output,
            config.steps(DemoStage.TOWER),
            DemoStage.TOWER.batchSize(),
            DemoStage.TOWER.learningRate(),
            TOWER_WEIGHT_DECAY,
            WARMUP_RATIO,
            whole ? TOWER_GOAL : 0,
            SAVE_STEPS,
            config.threads(),
            config.seed());
    TowerReport report =
        TowerPretrainer.train(
            settings,
            TowerPhantoms.paint(
                config.sizes().towerImages(), i -> PhantomDataset.towerImage(config.seed(), i)),
            TowerPhantoms.paint(
                config.sizes().testImages(),
                i -> PhantomDataset.testImage(i, PhantomDataset.IMAGE_SIZE)),
            steps);
    facts.put("all_attributes_right", report.allRight());
    facts.put("feature_scale", report.featureScale());
    StartCheckpoint.write(output, folder.folder(START), config.seed(), config.seed());
  }

  /** Returns the original's recipe with the sizes of the demo. */
  private TrainingConfig settings(DemoStage stage) {
    TrainingConfig.Builder recipe = stage.recipe();
    if (recipe == null) {
      throw new IllegalStateException(stage + " has no recipe");
    }
    DemoStage before = DemoStage.values()[stage.ordinal() - 1];
    Path start = before == DemoStage.TOWER ? folder.folder(START) : folder.folder(before.folder());
    return recipe
        .modelNameOrPath(start)
        .dataPath(folder.folder(DATA).resolve(dataFile(stage)))
        .imageFolder(folder.folder(DATA).resolve(PhantomDataset.IMAGES))
        .outputDir(folder.folder(stage.folder()))
        .version(TextVersion.MISTRAL_INSTRUCT)
        .maxSteps(config.steps(stage))
        .perDeviceTrainBatchSize(stage.batchSize())
        .gradientAccumulationSteps(1)
        .dataloaderDropLast(true)
        .learningRate(stage.learningRate())
        .gradientCheckpointing(false)
        .precision(Precision.FP32)
        .saveSteps(SAVE_STEPS)
        .saveTotalLimit(1)
        .reports(reports -> reports.withTensorBoard(true))
        .threads(config.threads())
        .seed(config.seed())
        .build();
  }

  private static String dataFile(DemoStage stage) {
    return switch (stage) {
      case TOWER, LANGUAGE -> PhantomDataset.DIALOGUES;
      case ALIGNMENT -> PhantomDataset.ALIGNMENT;
      case INSTRUCTION -> PhantomDataset.INSTRUCT;
      case VQA -> PhantomDataset.TRAIN;
    };
  }

  /** Writes the model as it is shipped: half precision, without what training needs. */
  private Path finish(Path lastStage) throws IOException {
    Path model = folder.folder(MODEL);
    if (!folder.isFinished(MODEL)) {
      Consolidation.consolidate(lastStage, model, WeightsOptions.builder().overwrite(true).build());
      folder.finish(MODEL, JSON.createObjectNode());
    }
    return model;
  }
}
