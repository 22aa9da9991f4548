package io.github.llavamed.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.config.ConfigFixture;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.LlavaConfigReader;
import io.github.llavamed.model.internal.CanonicalNames;
import io.github.llavamed.model.internal.ExpectedTensors;
import io.github.llavamed.model.internal.FamilyLayout;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;

/**
 * A synthetic checkpoint with random weights, which tests change before it is written: directories
 * {@code checkpoint} and {@code tower} below a root.
 */
final class TinyCheckpoint {
  private static final long SEED = 40;

  private final Path root;
  private final Map<String, Shape> tensors = new LinkedHashMap<>();
  private final Map<String, Shape> towerTensors = new LinkedHashMap<>();
  private final Map<String, Long> seeds = new LinkedHashMap<>();
  private DType dtype = DType.F32;

  /** Creates a complete checkpoint of a configuration; v1.x towers are in their own directory. */
  TinyCheckpoint(Path root, ObjectNode config) throws IOException {
    this(root, config, Set.of());
  }

  /** Creates a checkpoint whose layout is recognised by {@code layoutNames}. */
  TinyCheckpoint(Path root, ObjectNode config, Set<String> layoutNames) throws IOException {
    this.root = root;
    LlavaConfig read = LlavaConfigReader.read(ConfigFixture.write(root, config));
    FamilyLayout layout =
        FamilyLayout.of(read.family(), !read.projector().typeName().equals("linear"), layoutNames);
    ExpectedTensors.of(read)
        .forEach(
            (name, shape) -> {
              if (CanonicalNames.isTower(name) && read.visionTowerName() != null) {
                towerTensors.put(name, shape);
              } else {
                tensors.put(layout.storedName(name), shape);
              }
            });
  }

  /** Adds or replaces a tensor of the checkpoint. */
  TinyCheckpoint with(String name, long... dims) {
    tensors.put(name, Shape.of(dims));
    return this;
  }

  /** Removes a tensor of the checkpoint. */
  TinyCheckpoint without(String name) {
    if (tensors.remove(name) == null) {
      throw new IllegalArgumentException("no tensor " + name + " in " + tensors.keySet());
    }
    return this;
  }

  /** Removes every tensor of the checkpoint whose name contains a text. */
  TinyCheckpoint withoutAll(String part) {
    tensors.keySet().removeIf(name -> name.contains(part));
    return this;
  }

  /** Adds a tensor to the tower's own file. */
  TinyCheckpoint withTower(String name, long... dims) {
    towerTensors.put(name, Shape.of(dims));
    return this;
  }

  /** Removes a tensor of the tower's own file. */
  TinyCheckpoint withoutTower(String name) {
    towerTensors.remove(name);
    return this;
  }

  /** Stores a copy of the tower in the checkpoint, as v1.5 does, with other values. */
  TinyCheckpoint withStoredTower() {
    towerTensors.forEach(
        (name, shape) -> tensors.put("model.vision_tower.vision_tower." + name, shape));
    return this;
  }

  /** Gives two tensors of the checkpoint the same values. */
  TinyCheckpoint withEqual(String first, String second) {
    seeds.put(first, 7L);
    seeds.put(second, 7L);
    return this;
  }

  /** Stores everything in one element type. */
  TinyCheckpoint as(DType type) {
    dtype = type;
    return this;
  }

  /** Writes the files and returns the checkpoint directory. */
  Path write() throws IOException {
    write(root.resolve("checkpoint"), tensors);
    if (!towerTensors.isEmpty()) {
      write(root.resolve("tower"), towerTensors);
    }
    return root.resolve("checkpoint");
  }

  /** Returns the tower's directory. */
  Path tower() {
    return root.resolve("tower");
  }

  private void write(Path directory, Map<String, Shape> shapes) throws IOException {
    Files.createDirectories(directory);
    List<TensorSpec> specs = new ArrayList<>();
    shapes.forEach((name, shape) -> specs.add(new TensorSpec(name, dtype, shape)));
    try (CheckpointWriter writer =
        CheckpointWriter.toDirectory(directory, specs).overwrite(true).open()) {
      for (TensorSpec spec : specs) {
        if (!dtype.isFloatingPoint()) {
          writer.append(spec.name(), ByteBuffer.allocate(Math.toIntExact(spec.byteSize())));
          continue;
        }
        long seed = seeds.getOrDefault(spec.name(), SEED + spec.name().hashCode());
        Random random = new Random(seed);
        float[] values = new float[Math.toIntExact(spec.shape().elementCount())];
        for (int i = 0; i < values.length; i++) {
          values[i] = (float) random.nextGaussian();
        }
        writer.append(spec.name(), values);
      }
      writer.commit();
    }
  }
}
