/**
 * Files to named tensors: safetensors and torch containers, read without trusting them.
 *
 * <p>{@link io.github.llavamed.checkpoint.Checkpoint} reads, {@link
 * io.github.llavamed.checkpoint.CheckpointWriter} writes, {@link
 * io.github.llavamed.checkpoint.LoadReport} says what became of each tensor.
 *
 * <pre>{@code
 * try (Checkpoint checkpoint = Checkpoint.open(Path.of("llava-med-v1.5-mistral-7b"))) {
 *   TensorData norm = checkpoint.tensor("model.norm.weight");
 *   float[] values = norm.toFloats(); // [c]
 * }
 * }</pre>
 */
@NullMarked
package io.github.llavamed.checkpoint;

import org.jspecify.annotations.NullMarked;
