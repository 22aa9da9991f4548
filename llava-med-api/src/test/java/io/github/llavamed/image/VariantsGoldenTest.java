package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What the formats allow, on small pictures: exactness, truncation and damage. */
@Tag("golden")
class VariantsGoldenTest {
  private static final Path FOLDER = GoldenFolder.committed("image-variants");
  private static final int DAMAGED_COPIES = 20;

  private final ImageDecoder decoder = ImageDecoder.create(ImageLimits.defaults());

  static Stream<Arguments> files() {
    return GoldenFolder.json(FOLDER.resolve("manifest.json")).properties().stream()
        .map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @Test
  void folderHoldsFiles() {
    assertThat(files()).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void decodesAsPillow(String name, JsonNode golden) throws IOException {
    ImageInput input = ImageInput.of(FOLDER.resolve(name));

    ImageInfo info = decoder.info(input);
    RgbImage actual = decoder.decode(input);

    assertThat(info.format().name()).isEqualTo(golden.path("format").asText());
    assertThat(info.mode().pillowName()).isEqualTo(golden.path("mode").asText());
    assertThat(new int[] {info.width(), info.height()})
        .isEqualTo(GoldenFolder.ints(golden.path("size")));
    assertThat(info.frames()).isEqualTo(golden.path("frames").asInt());
    assertThat(new int[] {actual.width(), actual.height()})
        .isEqualTo(GoldenFolder.ints(golden.path("rgb_size")));
    assertThat(GoldenImages.md5(actual.rgb())).isEqualTo(golden.path("rgb_md5").asText());
  }

  /** Damage gives another picture or a refusal, never another exception. */
  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void survivesDamage(String name, JsonNode golden) throws IOException {
    byte[] bytes = Files.readAllBytes(FOLDER.resolve(name));
    Random random = new Random(name.hashCode());
    int refused = 0;
    for (int i = 0; i < DAMAGED_COPIES; i++) {
      byte[] damaged = bytes.clone();
      for (int k = 0; k <= i % 4; k++) {
        damaged[random.nextInt(i % 2 == 0 ? Math.min(80, bytes.length) : bytes.length)] =
            (byte) random.nextInt(256);
      }
      refused += isRefused(damaged, name) ? 1 : 0;
      refused += isRefused(Arrays.copyOf(bytes, random.nextInt(bytes.length)), name) ? 1 : 0;
    }
    assertThat(refused).isPositive();
  }

  private boolean isRefused(byte[] bytes, String name) throws IOException {
    try {
      decoder.decode(ImageInput.of(bytes, name));
      return false;
    } catch (ImageRejectedException e) {
      assertThat(e).hasMessageContaining("expected").hasMessageContaining("found");
      return true;
    }
  }
}
