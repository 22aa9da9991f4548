package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Broken and hostile files are refused quickly and with little memory. */
@Tag("golden")
class MalformedImagesGoldenTest {
  private static final Duration TIME_LIMIT = Duration.ofSeconds(10);
  private static final String SMALL_HEAP = "-Xmx256m";

  static Stream<Arguments> files() {
    return GoldenImages.entries("malformed").stream()
        .map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @Test
  void folderHoldsFiles() {
    assertThat(files()).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void refusesWhatMustBeRefused(String name, JsonNode golden) {
    Path file = GoldenImages.FOLDER.resolve("malformed").resolve(name);
    ImageDecoder decoder = ImageDecoder.create(ImageLimits.defaults());
    long start = System.nanoTime();

    Throwable thrown = catchThrowable(() -> decoder.decode(ImageInput.of(file)));

    assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(TIME_LIMIT);
    boolean mayPass = golden.path("expect").asText().equals("no_crash");
    if (thrown == null) {
      assertThat(mayPass).as("%s was decoded: %s", name, golden.path("what")).isTrue();
    } else {
      assertThat(thrown)
          .isInstanceOf(ImageRejectedException.class)
          .hasMessageContaining(name)
          .hasMessageContaining("expected")
          .hasMessageContaining("found");
    }
  }

  @Test
  void allFilesTogetherNeedLittleMemory(@TempDir Path folder) throws Exception {
    Path output = folder.resolve("output.txt");
    Process process =
        new ProcessBuilder(
                List.of(
                    Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                    SMALL_HEAP,
                    "-cp",
                    System.getProperty("java.class.path"),
                    DecodeFolder.class.getName(),
                    GoldenImages.FOLDER.resolve("malformed").toString()))
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();

    boolean ended = process.waitFor(60, TimeUnit.SECONDS);
    process.destroyForcibly();

    assertThat(ended).isTrue();
    String text = Files.readString(output, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(text).isZero();
    assertThat(text.lines().filter(line -> line.startsWith("refused ")).count())
        .isGreaterThanOrEqualTo(
            files().filter(f -> f.get()[1].toString().contains("\"refuse\"")).count());
  }

  /** Decodes every file of a folder; ends with an error if anything but a refusal is thrown. */
  static final class DecodeFolder {
    private DecodeFolder() {}

    /** Takes the folder as its only argument. */
    public static void main(String[] args) throws IOException {
      ImageDecoder decoder = ImageDecoder.create(ImageLimits.defaults());
      for (File file : new File(args[0]).listFiles()) {
        try {
          decoder.decode(ImageInput.of(file.toPath()));
          System.out.println("decoded " + file.getName());
        } catch (ImageRejectedException e) {
          System.out.println("refused " + e.getMessage());
        }
      }
    }
  }
}
