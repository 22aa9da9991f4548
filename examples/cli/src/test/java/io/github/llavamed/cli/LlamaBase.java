package io.github.llavamed.cli;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Writes a LLaMA that a LLaVA v1.0 checkpoint may have been trained from. */
final class LlamaBase {
  private static final int ADDED_TOKENS = 4;
  private static final long SEED = 31;

  private LlamaBase() {}

  /**
   * Writes the model: other values in every tensor, no rows for added tokens, no projector.
   *
   * @param llava the checkpoint, in a directory of its own
   */
  static Path write(Path llava, Path directory) throws IOException {
    Files.createDirectories(directory);
    Random random = new Random(SEED);
    try (Checkpoint from = Checkpoint.open(llava)) {
      List<TensorSpec> specs = new ArrayList<>();
      for (TensorInfo info : from.tensors().values()) {
        if (!info.name().contains("mm_projector")) {
          specs.add(new TensorSpec(info.name(), DType.F16, shape(info)));
        }
      }
      try (CheckpointWriter writer = CheckpointWriter.toDirectory(directory, specs).open()) {
        for (TensorSpec spec : specs) {
          float[] values =
              Arrays.copyOf(from.tensor(spec.name()).toFloats(), (int) spec.shape().elementCount());
          for (int i = 0; i < values.length; i++) {
            values[i] += (float) (random.nextGaussian() * 0.05);
          }
          writer.append(spec.name(), values);
        }
        writer.commit();
      }
    }
    Files.writeString(
        directory.resolve("config.json"),
        Files.readString(llava.resolve("config.json"))
            .replace("\"llava\"", "\"llama\"")
            .replace("LlavaLlamaForCausalLM", "LlamaForCausalLM"));
    for (String name : List.of("tokenizer.model", "tokenizer_config.json")) {
      Files.copy(llava.resolve(name), directory.resolve(name));
    }
    return directory;
  }

  private static Shape shape(TensorInfo info) {
    boolean words = info.name().contains("embed_tokens") || info.name().equals("lm_head.weight");
    return words ? Shape.of(info.shape().dim(0) - ADDED_TOKENS, info.shape().dim(1)) : info.shape();
  }
}
