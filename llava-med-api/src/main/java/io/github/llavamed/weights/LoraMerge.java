package io.github.llavamed.weights;

import io.github.llavamed.weights.internal.LoraTool;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Merges a low-rank adapter in the layout of the PEFT library into the model it was trained on.
 *
 * <p>For each adapted module {@code W += scale · B A}, where {@code scale} is {@code lora_alpha /
 * r}, or {@code lora_alpha / √r} with {@code use_rslora}; {@code fan_in_fan_out}, {@code
 * rank_pattern}, {@code alpha_pattern}, adapted embeddings, {@code modules_to_save} and trained
 * biases are followed. Products are summed in float32 and the result is rounded once to the element
 * type of the model, unless options name another. Tensors that other trainers leave beside the
 * adapter in {@code non_lora_trainables.bin} replace those of the model.
 *
 * <p>Every tensor of the adapter must be used: an unknown name, a missing partner, a rank that
 * contradicts the configuration or a method other than plain LoRA is an error. The report says of
 * every tensor whether it was {@linkplain TensorAction#MERGED merged}, {@linkplain
 * TensorAction#REPLACED replaced} or copied. Otherwise like {@link DeltaWeights}: streaming, whole
 * or not at all, stateless.
 */
public final class LoraMerge {
  private LoraMerge() {}

  /**
   * Merges an adapter and writes the model.
   *
   * @param base directory of the model, which is not changed
   * @param adapter directory with {@code adapter_config.json} and {@code adapter_model.safetensors}
   *     or {@code adapter_model.bin}
   * @param target directory to write, which must not exist or be empty
   * @throws IncompatibleWeightsException if adapter and model do not fit
   * @throws io.github.llavamed.config.UnsupportedModelException if the adapter uses a method that
   *     is not supported
   * @throws io.github.llavamed.config.MalformedConfigException if {@code adapter_config.json} is
   *     not what it should be
   * @throws io.github.llavamed.checkpoint.MalformedCheckpointException if a weight file breaks a
   *     rule of its format
   * @throws java.nio.file.FileAlreadyExistsException if the target holds files and overwriting was
   *     not allowed
   * @throws IOException if reading or writing fails, also for want of space
   */
  public static WeightsReport merge(Path base, Path adapter, Path target, WeightsOptions options)
      throws IOException {
    return LoraTool.run(base, adapter, target, options);
  }
}
