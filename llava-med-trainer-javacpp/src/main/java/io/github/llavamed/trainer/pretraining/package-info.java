/**
 * Makes a vision tower where there is none to start from.
 *
 * <p>The published recipe begins with a pre-trained CLIP. {@link
 * io.github.llavamed.trainer.pretraining.TowerPretrainer} trains a tower of the same layout from
 * nothing on images whose contents are known, and writes an ordinary CLIP vision checkpoint:
 *
 * <pre>{@code
 * TowerReport report = TowerPretrainer.train(config, samples, heldOut, TrainingListener.NONE);
 * TrainingConfig.stage1().visionTower(config.outputDir()) …
 * }</pre>
 */
@NullMarked
package io.github.llavamed.trainer.pretraining;

import org.jspecify.annotations.NullMarked;
