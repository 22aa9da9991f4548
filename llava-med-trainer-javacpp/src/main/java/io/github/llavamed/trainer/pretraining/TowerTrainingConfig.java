package io.github.llavamed.trainer.pretraining;

import io.github.llavamed.config.FeatureSelection;
import io.github.llavamed.config.VisionTowerConfig;
import java.nio.file.Path;

/**
 * Everything that decides how a tower is trained. Immutable.
 *
 * @param tower the sizes; a CLIP tower
 * @param selection the hidden state that becomes image features, and that patches are told from
 * @param attributes how many attributes samples have, 1 or more
 * @param outputDir where checkpoints and the tower go
 * @param steps optimiser steps of the first round, 1 or more
 * @param batchSize images of a step, 1 or more
 * @param learningRate the peak, above 0
 * @param weightDecay 0 or more
 * @param warmupRatio share of the steps that warm up, 0 to 1
 * @param goal share of the held-out images whose attributes must all be right, 0 to 1; while it is
 *     missed there is another round of half as many steps, twice at most
 * @param saveSteps steps between checkpoints, 1 or more
 * @param threads worker threads, or 0 for all cores
 * @param seed of the new weights and of the order of samples
 */
public record TowerTrainingConfig(
    VisionTowerConfig tower,
    FeatureSelection selection,
    int attributes,
    Path outputDir,
    int steps,
    int batchSize,
    double learningRate,
    double weightDecay,
    double warmupRatio,
    double goal,
    int saveSteps,
    int threads,
    long seed) {
  /** Checks the ranges. */
  public TowerTrainingConfig {
    check("tower", "a CLIP tower", tower.type(), tower.type() == VisionTowerConfig.Type.CLIP);
    check("attributes", "1 or more", attributes, attributes >= 1);
    check("steps", "1 or more", steps, steps >= 1);
    check("batchSize", "1 or more", batchSize, batchSize >= 1);
    check("learningRate", "above 0", learningRate, learningRate > 0);
    check("weightDecay", "0 or more", weightDecay, weightDecay >= 0);
    check("warmupRatio", "0 to 1", warmupRatio, warmupRatio >= 0 && warmupRatio <= 1);
    check("goal", "0 to 1", goal, goal >= 0 && goal <= 1);
    check("saveSteps", "1 or more", saveSteps, saveSteps >= 1);
    check("threads", "0 or more", threads, threads >= 0);
  }

  private static void check(String name, String expected, Object found, boolean good) {
    if (!good) {
      throw new IllegalArgumentException(
          "%s: expected %s, found %s".formatted(name, expected, found));
    }
  }
}
