package io.github.llavamed.cli.bench;

import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * Writes a checkpoint of true shape with random weights: configuration, tokenizer, weights, and the
 * vision tower in a directory below.
 *
 * <p>Weights are normal with deviation 0.02, seeded by the tensor's name, so no two layers are
 * equal (runtimes share equal weights, which would flatter memory figures); norms are ones. Nothing
 * but a piece of a tensor is held in memory.
 */
public final class RandomCheckpoint {
  /** {@code initializer_range} of the decoders. */
  private static final float DEVIATION = 0.02f;

  private static final long SEED = 20_231_115;
  private static final int TABLE_BITS = 16;
  private static final int PIECE = 1 << 18; // elements

  private final float[] normal = new float[1 << TABLE_BITS];
  private final float[] piece = new float[PIECE];

  private RandomCheckpoint() {
    Random random = new Random(SEED);
    for (int i = 0; i < normal.length; i++) {
      normal[i] = (float) (DEVIATION * random.nextGaussian());
    }
  }

  /** Returns the bytes of the weights. */
  public static long bytes(BenchShape shape, int layers) {
    return Stream.concat(
            ShapeTensors.checkpoint(shape, layers).stream(), ShapeTensors.tower(shape).stream())
        .mapToLong(TensorSpec::byteSize)
        .sum();
  }

  /**
   * Writes the checkpoint into a directory that is created if need be.
   *
   * @param layers decoder layers, ≥ 1
   * @throws IOException if a file cannot be written or there is no room for it
   */
  public static void write(BenchShape shape, int layers, Path directory) throws IOException {
    Files.createDirectories(directory);
    long needed = bytes(shape, layers);
    long free = Files.getFileStore(directory).getUsableSpace();
    if (free < needed) {
      throw new IOException(
          ("random checkpoint in %s: expected %d MiB of free space, found %d; free some, ask for"
                  + " fewer --layers, or name another --work-dir")
              .formatted(directory, needed >> 20, free >> 20));
    }
    ShapeConfig.write(shape, layers, directory);
    Files.write(
        directory.resolve("tokenizer.model"), ShapeVocabulary.sentencePieceModel(shape.pieces()));
    RandomCheckpoint weights = new RandomCheckpoint();
    weights.write(directory, ShapeTensors.checkpoint(shape, layers));
    weights.write(directory.resolve(ShapeConfig.TOWER_DIRECTORY), ShapeTensors.tower(shape));
  }

  /** Writes a tower alone, where the configuration looks for it. */
  static void writeTower(BenchShape shape, Path directory) throws IOException {
    new RandomCheckpoint()
        .write(directory.resolve(ShapeConfig.TOWER_DIRECTORY), ShapeTensors.tower(shape));
  }

  /** Writes one tensor of random weights. */
  static void append(CheckpointWriter writer, TensorSpec spec) throws IOException {
    new RandomCheckpoint().write(writer, spec);
  }

  private void write(Path directory, List<TensorSpec> specs) throws IOException {
    try (CheckpointWriter writer = CheckpointWriter.toDirectory(directory, specs).open()) {
      for (TensorSpec spec : specs) {
        write(writer, spec);
      }
      writer.commit();
    }
  }

  private void write(CheckpointWriter writer, TensorSpec spec) throws IOException {
    SplittableRandom random = new SplittableRandom(SEED + spec.name().hashCode());
    boolean isNorm = spec.name().contains("norm") && spec.name().endsWith(".weight");
    if (isNorm) {
      Arrays.fill(piece, 1);
    }
    long size = spec.shape().elementCount();
    for (long done = 0; done < size; done += PIECE) {
      if (!isNorm) {
        fill(random);
      }
      writer.append(spec.name(), piece, 0, (int) Math.min(PIECE, size - done));
    }
  }

  private void fill(SplittableRandom random) {
    int mask = normal.length - 1;
    for (int i = 0; i < PIECE; i += 4) {
      long bits = random.nextLong();
      piece[i] = normal[(int) bits & mask];
      piece[i + 1] = normal[(int) (bits >>> 16) & mask];
      piece[i + 2] = normal[(int) (bits >>> 32) & mask];
      piece[i + 3] = normal[(int) (bits >>> 48)];
    }
  }
}
