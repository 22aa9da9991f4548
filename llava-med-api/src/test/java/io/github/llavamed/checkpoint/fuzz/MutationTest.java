package io.github.llavamed.checkpoint.fuzz;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Good files with seeded damage: they are read or refused, and nothing else happens. */
class MutationTest {
  private static final long SEED = 20261124;
  private static final int TRIES = 250;

  static Stream<Path> files() throws IOException {
    Path containers = GoldenFolder.committed("model").resolve("containers");
    try (Stream<Path> safetensors = Files.list(containers.resolve("safetensors"));
        Stream<Path> torch = Files.list(containers.resolve("bin"))) {
      List<Path> files = Stream.concat(safetensors, torch).sorted().toList();
      assertThat(files).isNotEmpty();
      return files.stream();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void readsOrRefusesDamagedFiles(Path file) throws IOException {
    byte[] original = Files.readAllBytes(file);
    String name = file.getFileName().toString();
    String extension = name.substring(name.lastIndexOf('.'));
    SplittableRandom random = new SplittableRandom(SEED + name.hashCode());
    int refused = 0;
    for (int i = 0; i < TRIES; i++) {
      byte[] damaged = damage(original, random);
      int attempt = i;
      boolean readable =
          assertTimeoutPreemptively(
              Duration.ofSeconds(10),
              () -> readable(damaged, extension, attempt),
              () -> "seed %d, try %d took too long".formatted(SEED, attempt));
      refused += readable ? 0 : 1;
    }
    assertThat(refused).as("refused of %d, seed %d", TRIES, SEED).isPositive();
  }

  private static boolean readable(byte[] damaged, String extension, int attempt) {
    try {
      return HostileFile.isReadable(damaged, extension);
    } catch (RuntimeException | Error e) {
      throw new AssertionError("seed %d, try %d".formatted(SEED, attempt), e);
    }
  }

  private static byte[] damage(byte[] original, SplittableRandom random) {
    byte[] bytes = original.clone();
    if (bytes.length == 0) {
      return bytes;
    }
    switch (random.nextInt(4)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
      case 1 -> bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      case 2 -> {
        for (int i = 0; i < 1 + random.nextInt(8); i++) {
          bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
        }
      }
      default -> {
        // Moves a run of bytes: lengths, opcodes and names end up in wrong places.
        int length = 1 + random.nextInt(Math.min(16, bytes.length));
        int from = random.nextInt(bytes.length - length + 1);
        int to = random.nextInt(bytes.length - length + 1);
        System.arraycopy(original, from, bytes, to, length);
      }
    }
    return bytes;
  }
}
