package io.github.llavamed.weights;

import io.github.llavamed.weights.internal.ConsolidationTool;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Turns the output of a training run into a compact model, as {@code consolidate} of v1.0.0 does.
 *
 * <p>Floating-point tensors are cast to float16 unless options say otherwise; other tensors keep
 * their type. Weights, {@code config.json} with the new {@code torch_dtype}, tokenizer, processor
 * and {@code generation_config.json} are written; optimizer, scheduler and trainer files stay
 * behind. Models of all families are taken. Otherwise like {@link DeltaWeights}: streaming, whole
 * or not at all, stateless.
 */
public final class Consolidation {
  private Consolidation() {}

  /**
   * Writes a compact copy of a model.
   *
   * @param source directory of the model, which is not changed
   * @param target directory to write, which must not exist or be empty
   * @throws MissingTensorsException if the files lack tensors that the configuration asks for
   * @throws io.github.llavamed.config.UnsupportedModelException if the configuration needs an
   *     {@linkplain WeightsOptions#upgradeConfig() upgrade}
   * @throws io.github.llavamed.checkpoint.MalformedCheckpointException if a file breaks a rule of
   *     its format
   * @throws java.nio.file.FileAlreadyExistsException if the target holds files and overwriting was
   *     not allowed
   * @throws IOException if reading or writing fails, also for want of space
   */
  public static WeightsReport consolidate(Path source, Path target, WeightsOptions options)
      throws IOException {
    return ConsolidationTool.run(source, target, options);
  }
}
