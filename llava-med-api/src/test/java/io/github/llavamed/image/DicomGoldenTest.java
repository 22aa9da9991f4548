package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Renderings of DICOM files. */
@Tag("golden")
class DicomGoldenTest {
  private static final Path FOLDER = GoldenImages.FOLDER.resolve("dicom");

  private static final Set<String> PLAIN_OR_RUNS =
      Set.of("1.2.840.10008.1.2", "1.2.840.10008.1.2.1", "1.2.840.10008.1.2.5");

  private static final Set<String> JPEG =
      Set.of("1.2.840.10008.1.2.4.50", "1.2.840.10008.1.2.4.51");

  /** Half a grey level of rounding. */
  private static final double GRAY_WORST = 1;

  /** Other decoders, and colours converted in floating point. */
  private static final double COLOR_WORST = 2;

  static Stream<Arguments> files() {
    return GoldenImages.entries("dicom").stream().map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @Test
  void folderHoldsFiles() {
    assertThat(files()).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("files")
  void rendersOrRefusesByItsTransferSyntax(String name, JsonNode golden) throws IOException {
    String syntax = golden.path("transfer_syntax").asText();
    boolean jpeg = JPEG.contains(syntax) && golden.path("bits_allocated").asInt() == 8;
    boolean plain = PLAIN_OR_RUNS.contains(syntax) && golden.path("bits_allocated").asInt() <= 16;
    ImageDecoder decoder = ImageDecoder.create(ImageLimits.defaults());
    ImageInput input = ImageInput.of(FOLDER.resolve(name));
    if (!jpeg && !plain) {
      assertThatThrownBy(() -> decoder.decode(input))
          .isInstanceOf(ImageRejectedException.class)
          .hasMessageContaining(name);
      return;
    }
    ImageInfo info = decoder.info(input);
    assertThat(info.format()).isEqualTo(ImageFormat.DICOM);
    assertThat(info.width()).isEqualTo(golden.path("columns").asInt());
    assertThat(info.height()).isEqualTo(golden.path("rows").asInt());
    assertThat(info.frames()).isEqualTo(golden.path("frames").asInt());
    assertThat(golden.path("renderings")).isNotEmpty();
    for (JsonNode rendering : golden.path("renderings")) {
      RgbImage actual = decoder.decode(input.withFrame(rendering.path("frame").asInt()));
      RgbImage expected = GoldenImages.decode(FOLDER.resolve(rendering.path("png").asText()));

      boolean gray = golden.path("photometric").asText().startsWith("MONO") && !jpeg;
      assertThat(GoldenImages.difference(actual, expected)[0])
          .as("%s %s", name, rendering)
          .isLessThanOrEqualTo(gray ? GRAY_WORST : COLOR_WORST);
    }
  }
}
