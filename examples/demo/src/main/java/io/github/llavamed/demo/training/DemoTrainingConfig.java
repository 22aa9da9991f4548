package io.github.llavamed.demo.training;

import io.github.llavamed.demo.dataset.DatasetSizes;
import java.nio.file.Path;

/**
 * How the demo model is trained. Immutable.
 *
 * @param outputDir where everything goes: data, stages, the finished model
 * @param seed of data, weights and order, 0 to 1,000,000
 * @param threads worker threads, 1 or more; with one, equal seeds give equal losses
 * @param stepsScale what the steps of every stage are multiplied with, above 0; 1 for the whole
 *     training
 * @param sizes how large the data set is
 * @param lastStage where the training ends; the model is finished after {@link DemoStage#VQA}
 */
public record DemoTrainingConfig(
    Path outputDir,
    long seed,
    int threads,
    double stepsScale,
    DatasetSizes sizes,
    DemoStage lastStage) {
  private static final long MOST_SEEDS = 1_000_000;

  /** Checks the ranges. */
  public DemoTrainingConfig {
    check("seed", "0 to " + MOST_SEEDS, seed, seed >= 0 && seed <= MOST_SEEDS);
    check("threads", "1 or more", threads, threads >= 1);
    check("stepsScale", "above 0", stepsScale, stepsScale > 0 && Double.isFinite(stepsScale));
  }

  private static void check(String name, String expected, Object found, boolean good) {
    if (!good) {
      throw new IllegalArgumentException(
          "%s: expected %s, found %s".formatted(name, expected, found));
    }
  }

  /** Returns the whole training of the default data set with seed 0 on one thread. */
  public static DemoTrainingConfig of(Path outputDir) {
    return new DemoTrainingConfig(outputDir, 0, 1, 1, DatasetSizes.DEFAULT, DemoStage.VQA);
  }

  /** Returns these settings with another seed. */
  public DemoTrainingConfig withSeed(long value) {
    return new DemoTrainingConfig(outputDir, value, threads, stepsScale, sizes, lastStage);
  }

  /** Returns these settings with other worker threads. */
  public DemoTrainingConfig withThreads(int value) {
    return new DemoTrainingConfig(outputDir, seed, value, stepsScale, sizes, lastStage);
  }

  /** Returns these settings with shorter or longer stages. */
  public DemoTrainingConfig withStepsScale(double value) {
    return new DemoTrainingConfig(outputDir, seed, threads, value, sizes, lastStage);
  }

  /** Returns these settings with another data set. */
  public DemoTrainingConfig withSizes(DatasetSizes value) {
    return new DemoTrainingConfig(outputDir, seed, threads, stepsScale, value, lastStage);
  }

  /** Returns these settings with another end. */
  public DemoTrainingConfig withLastStage(DemoStage value) {
    return new DemoTrainingConfig(outputDir, seed, threads, stepsScale, sizes, value);
  }

  /** Returns the steps of a stage, 1 or more. */
  int steps(DemoStage stage) {
    return Math.max(1, (int) Math.round(stage.steps() * stepsScale));
  }
}
