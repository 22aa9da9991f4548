package io.github.llavamed.trainer.pretraining;

import io.github.llavamed.trainer.internal.pretrain.TowerRun;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;

/**
 * Trains a CLIP tower from nothing, on attributes of whole images and of patches.
 *
 * <p>Two throw-away heads read the attributes: one the class token of the last layer, one every
 * patch of the selected layer. The loss is {@code 5·BCE} of the first plus {@code 20·BCE} of the
 * second with positives weighing three times. In the end the tower is rescaled, exactly, so that
 * its selected features have standard deviation 1, and written as {@code model.safetensors} with
 * {@code config.json} and {@code preprocessor_config.json}. An interrupted run goes on from its
 * last checkpoint, bit for bit. Stateless.
 */
public final class TowerPretrainer {
  private TowerPretrainer() {}

  /**
   * Trains a tower, or goes on with a training whose output directory holds a checkpoint.
   *
   * @param samples what is learnt from
   * @param heldOut what the result is measured on
   * @param listener told of progress, on the calling thread
   * @throws IOException if a file cannot be read or written
   * @throws io.github.llavamed.inference.BackendUnavailableException if libtorch cannot be loaded
   */
  public static TowerReport train(
      TowerTrainingConfig config,
      TowerSamples samples,
      TowerSamples heldOut,
      TrainingListener listener)
      throws IOException {
    LibTorch.load();
    try (TowerRun run = TowerRun.open(config, samples, heldOut, listener)) {
      return run.run();
    } catch (RuntimeException e) {
      throw LibTorch.translated(e);
    }
  }
}
