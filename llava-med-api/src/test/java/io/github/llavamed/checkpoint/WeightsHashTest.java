package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WeightsHashTest {
  private static final int LARGE = 100_000;

  @TempDir Path directory;
  private int files;

  @Test
  void changesWithNameTypeShapeAndContent() throws IOException {
    float[] values = new float[LARGE];
    float[] last = values.clone();
    last[LARGE - 1] = 1;
    float[] scaled = new float[LARGE];
    Arrays.fill(scaled, 0.5f);
    List<String> hashes = new ArrayList<>();
    hashes.add(hash(new TensorSpec("a", DType.F32, Shape.of(LARGE)), values));
    hashes.add(hash(new TensorSpec("b", DType.F32, Shape.of(LARGE)), values));
    hashes.add(hash(new TensorSpec("a", DType.F32, Shape.of(2, LARGE / 2)), values));
    hashes.add(hash(new TensorSpec("a", DType.F16, Shape.of(LARGE)), values));
    hashes.add(hash(new TensorSpec("a", DType.F32, Shape.of(LARGE)), last));
    hashes.add(hash(new TensorSpec("a", DType.F32, Shape.of(LARGE)), scaled));
    Set<String> distinct = new HashSet<>(hashes);
    assertThat(distinct).hasSize(hashes.size()).allMatch(hash -> hash.matches("[0-9a-f]{64}"));
    assertThat(hash(new TensorSpec("a", DType.F32, Shape.of(LARGE)), values))
        .isEqualTo(hashes.get(0));
  }

  @Test
  void noticesEveryByteOfSmallTensors() throws IOException {
    Set<String> hashes = new HashSet<>();
    for (int i = 0; i < 50; i++) {
      float[] values = new float[50];
      values[i] = 1;
      hashes.add(hash(new TensorSpec("a", DType.F32, Shape.of(50)), values));
    }
    assertThat(hashes).hasSize(50);
  }

  @Test
  void isEqualForTheSameTensorsInTorchAndSafetensorsFiles() throws IOException {
    byte[] pickle = PickleBytes.tensor("FloatStorage", 6, 0, new long[] {2, 3}, new long[] {3, 1});
    Path torch = SafetensorsBytes.write(directory.resolve("t.bin"), ZipBytes.torch(pickle, 24));
    try (Checkpoint checkpoint = Checkpoint.open(torch)) {
      assertThat(WeightsHash.of(checkpoint))
          .isEqualTo(hash(new TensorSpec("w", DType.F32, Shape.of(2, 3)), new float[6]));
    }
  }

  private String hash(TensorSpec spec, float[] values) throws IOException {
    Path file = directory.resolve(files++ + ".safetensors");
    try (CheckpointWriter writer = CheckpointWriter.toFile(file, List.of(spec)).open()) {
      writer.append(spec.name(), values);
      writer.commit();
    }
    try (Checkpoint checkpoint = Checkpoint.open(file)) {
      return WeightsHash.of(checkpoint);
    }
  }
}
