package io.github.llavamed.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.LongRange;

/** What is written is read again, bit for bit, whatever the names, types, shapes and shards. */
class RoundTripProperties {
  @Property(tries = 60)
  void readsBackWhatWasWritten(
      @ForAll("specs") List<TensorSpec> specs,
      @ForAll @LongRange(min = 1, max = 2000) long maxShardBytes,
      @ForAll long seed)
      throws IOException {
    Path directory = Files.createTempDirectory("round-trip");
    try {
      Map<String, byte[]> contents = write(directory, specs, maxShardBytes, new Random(seed));
      try (Checkpoint checkpoint = Checkpoint.open(directory)) {
        assertThat(checkpoint.tensors().keySet()).isEqualTo(contents.keySet());
        for (TensorSpec spec : specs) {
          TensorData data = checkpoint.tensor(spec.name());
          assertThat(TensorSpec.of(data.info())).isEqualTo(spec);
          ByteBuffer bytes = ByteBuffer.allocate((int) spec.byteSize());
          data.readBytes(0, bytes);
          assertThat(bytes.array()).isEqualTo(contents.get(spec.name()));
          assertThat(data.toFloats()).hasSize((int) spec.shape().elementCount());
        }
      }
    } finally {
      delete(directory);
    }
  }

  @Property(tries = 20)
  void hashesContentAndNotLayout(@ForAll("specs") List<TensorSpec> specs, @ForAll long seed)
      throws IOException {
    Path directory = Files.createTempDirectory("round-trip");
    try {
      write(directory.resolve("a"), specs, 100, new Random(seed));
      write(directory.resolve("b"), specs, Long.MAX_VALUE, new Random(seed));
      try (Checkpoint a = Checkpoint.open(directory.resolve("a"));
          Checkpoint b = Checkpoint.open(directory.resolve("b"))) {
        assertThat(WeightsHash.of(a)).isEqualTo(WeightsHash.of(b));
      }
    } finally {
      delete(directory);
    }
  }

  @Provide
  Arbitrary<List<TensorSpec>> specs() {
    Arbitrary<String> names = Arbitraries.strings().ofMaxLength(12).filter(this::isText);
    Arbitrary<Shape> shapes =
        Arbitraries.longs().between(0, 6).array(long[].class).ofMaxSize(4).map(Shape::of);
    return Combinators.combine(names, Arbitraries.of(DType.class), shapes)
        .as(TensorSpec::new)
        .list()
        .ofMaxSize(12)
        .uniqueElements(TensorSpec::name);
  }

  private boolean isText(String name) {
    return name.codePoints()
        .noneMatch(c -> c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE);
  }

  private static Map<String, byte[]> write(
      Path directory, List<TensorSpec> specs, long maxShardBytes, Random random)
      throws IOException {
    Map<String, byte[]> contents = new LinkedHashMap<>();
    try (CheckpointWriter writer =
        CheckpointWriter.toDirectory(directory, specs).maxShardBytes(maxShardBytes).open()) {
      for (TensorSpec spec : specs) {
        byte[] bytes = new byte[(int) spec.byteSize()];
        random.nextBytes(bytes);
        contents.put(spec.name(), bytes);
        int split = bytes.length / 3;
        writer.append(spec.name(), ByteBuffer.wrap(bytes, 0, split));
        writer.append(spec.name(), ByteBuffer.wrap(bytes, split, bytes.length - split));
      }
      writer.commit();
    }
    return contents;
  }

  private static void delete(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> all = new ArrayList<>(files.toList());
      for (int i = all.size() - 1; i >= 0; i--) {
        Files.delete(all.get(i));
      }
    }
  }
}
