package io.github.llavamed.cli;

import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Collects named float tensors and writes them as one safetensors file. */
final class TensorFile {
  private final List<TensorSpec> specs = new ArrayList<>();
  private final List<float[]> values = new ArrayList<>();

  void add(String name, DType dtype, float[] data, long... shape) {
    specs.add(new TensorSpec(name, dtype, Shape.of(shape)));
    values.add(data);
  }

  void write(Path file, Map<String, String> metadata) throws IOException {
    CheckpointWriter.Builder builder =
        CheckpointWriter.toFile(file, specs).metadata(metadata).overwrite(true);
    try (CheckpointWriter writer = builder.open()) {
      for (int i = 0; i < specs.size(); i++) {
        writer.append(specs.get(i).name(), values.get(i));
      }
      writer.commit();
    }
  }
}
