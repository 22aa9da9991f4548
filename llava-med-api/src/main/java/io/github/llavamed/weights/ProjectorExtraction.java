package io.github.llavamed.weights;

import io.github.llavamed.weights.internal.ProjectorTool;
import java.io.IOException;
import java.nio.file.Path;

/**
 * Writes the projector and the embedding of a model to one small file, as {@code
 * extract_mm_projector} of v1.0.0 does.
 *
 * <p>Tensors whose names contain {@code mm_projector} or {@code embed_tokens} are taken, under
 * their full names, shard by shard, in sorted order. The original reads sharded torch checkpoints
 * only; here every container is read. Stateless and safe for concurrent use on different outputs.
 */
public final class ProjectorExtraction {
  private ProjectorExtraction() {}

  /**
   * Writes the file.
   *
   * @param model a checkpoint file, index or directory
   * @param output file to write: a torch archive if it ends with {@code .bin}, {@code .pt} or
   *     {@code .pth}, safetensors if it ends with {@code .safetensors}
   * @param rows which rows of the embedding are taken
   * @param options element type (default: as stored), overwriting, verification, progress, limits
   * @throws IllegalArgumentException if the output has another extension
   * @throws IncompatibleWeightsException if the model has no projector or no embedding
   * @throws io.github.llavamed.checkpoint.MalformedCheckpointException if a file breaks a rule of
   *     its format
   * @throws java.nio.file.FileAlreadyExistsException if the output exists and overwriting was not
   *     allowed
   * @throws IOException if reading or writing fails, also for want of space
   */
  public static WeightsReport extract(
      Path model, Path output, EmbeddingRows rows, WeightsOptions options) throws IOException {
    return ProjectorTool.run(model, output, rows, options);
  }
}
