package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.testing.GoldenFolder;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Images of conversations, pixel by pixel. */
@Tag("golden")
class ConversationImagesGoldenTest {
  private static final Path FOLDER = GoldenImages.FOLDER.resolve("conversation");

  static Stream<JsonNode> images() {
    JsonNode images = GoldenImages.MANIFEST.path("conversation").path("images");
    return StreamSupport.stream(images.spliterator(), false);
  }

  @Test
  void folderHoldsImages() {
    assertThat(images()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("images")
  void areAsInTheReference(JsonNode golden) {
    boolean first = golden.path("version").asText().equals("v1.0.0");
    ModelFamily family = first ? ModelFamily.LLAVA_V1_0 : ModelFamily.LLAVA_V1_5;
    ImageProcessMode mode = ImageProcessMode.of(golden.path("mode").asText());
    RgbImage input = GoldenImages.decode(FOLDER.resolve(golden.path("input").asText()));

    RgbImage actual = ConversationImages.of(family).process(input, mode);

    RgbImage expected = GoldenImages.decode(FOLDER.resolve(golden.path("png").asText()));
    assertThat(new int[] {actual.width(), actual.height()})
        .isEqualTo(GoldenFolder.ints(golden.path("size")));
    assertThat(GoldenImages.difference(actual, expected)[0]).isZero();
    assertThat(GoldenImages.md5(actual.rgb())).isEqualTo(golden.path("md5").asText());
  }
}
