package io.github.llavamed.weights;

import io.github.llavamed.weights.internal.DeltaTool;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Makes a model of a base and a delta, and a delta of a base and a model, as {@code apply_delta}
 * and {@code make_delta} of v1.0.0 do.
 *
 * <p>Both inputs are cast to the element type of the output (float16 unless options say otherwise);
 * sums and differences are taken in float32 and rounded once, to nearest, ties to even. Rows that
 * only the larger of two embeddings or heads has, and the projector, are taken over as they are.
 * Tensors stream through in chunks: the heap stays below 100 MB whatever the size of the model.
 *
 * <p>Inputs are directories in the Hugging Face layout; they are never changed. The output appears
 * whole, under its name, when everything is written, or not at all. Its {@code config.json} is that
 * of the delta (model) with {@code architectures}, {@code model_type} and {@code torch_dtype} as
 * the original sets them and without {@code _name_or_path}; tokenizer files and {@code
 * generation_config.json} come from there too. Stateless and safe for concurrent use on different
 * outputs.
 */
public final class DeltaWeights {
  private DeltaWeights() {}

  /**
   * Adds a base to a delta and writes the model.
   *
   * @param base directory of the base model, for the published deltas LLaMA-7B
   * @param delta directory of the delta
   * @param target directory to write, which must not exist or be empty
   * @throws IncompatibleWeightsException if the two do not fit: a tensor that the base lacks,
   *     shapes that differ, a larger base, missing tensors
   * @throws io.github.llavamed.config.UnsupportedModelException if an input is not of the family
   * @throws io.github.llavamed.checkpoint.MalformedCheckpointException if a file breaks a rule of
   *     its format
   * @throws java.nio.file.FileAlreadyExistsException if the target holds files and overwriting was
   *     not allowed
   * @throws IOException if reading or writing fails, also for want of space
   */
  public static WeightsReport apply(Path base, Path delta, Path target, WeightsOptions options)
      throws IOException {
    return DeltaTool.ADD.run(base, delta, target, options);
  }

  /**
   * Subtracts a base from a model and writes the delta.
   *
   * <p>A model with a projector whose configuration does not say {@code llava} is refused unless
   * {@link WeightsOptions#upgradeConfig()} is set. Adding the base to the delta again may differ
   * from the model in the last places: both roundings count.
   *
   * @param base directory of the base model
   * @param target directory of the model
   * @param delta directory to write, which must not exist or be empty
   * @throws IncompatibleWeightsException if the two do not fit, see {@link #apply}
   * @throws io.github.llavamed.config.UnsupportedModelException if an input is not of the family,
   *     or the configuration needs the upgrade
   * @throws io.github.llavamed.checkpoint.MalformedCheckpointException if a file breaks a rule of
   *     its format
   * @throws java.nio.file.FileAlreadyExistsException if the delta's directory holds files and
   *     overwriting was not allowed
   * @throws IOException if reading or writing fails, also for want of space
   */
  public static WeightsReport make(Path base, Path target, Path delta, WeightsOptions options)
      throws IOException {
    return DeltaTool.SUBTRACT.run(base, target, delta, options);
  }
}
