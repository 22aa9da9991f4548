package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.image.internal.ResizedSize;
import io.github.llavamed.testing.GoldenFolder;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Every size that the golden folder computes without an image. */
@Tag("golden")
class SizesGoldenTest {
  private final JsonNode sizes = GoldenFolder.json(GoldenImages.FOLDER.resolve("sizes.json"));

  @Test
  void shortestEdgeGivesTheSizeOfTheReference() {
    JsonNode rows = sizes.path("shortest_edge").path("rows");

    assertThat(rows).isNotEmpty();
    for (JsonNode row : rows) {
      int[] values = GoldenFolder.ints(row);
      assertThat(ResizedSize.of(values[0], values[1], values[2]))
          .as("%s", row)
          .isEqualTo(new ResizedSize(values[3], values[4]));
    }
  }

  @Test
  void conversationImagesHaveTheSizeOfTheReference() {
    JsonNode cases = sizes.path("conversation_sizes");

    assertThat(cases).isNotEmpty();
    for (JsonNode golden : cases) {
      int width = golden.path("width").asInt();
      int height = golden.path("height").asInt();
      RgbImage image = new RgbImage(width, height, new byte[width * height * 3], ColorMode.RGB);
      int checked = 0;
      for (ImageProcessMode mode : ImageProcessMode.values()) {
        checked += check(image, golden, "v1.0.0", ModelFamily.LLAVA_V1_0, mode);
        checked += check(image, golden, "v1.5", ModelFamily.LLAVA_V1_5, mode);
      }
      assertThat(checked).isPositive();
      assertThat(ImageProcessor.keptShortestEdge(width, height))
          .as("%s", golden)
          .isEqualTo(golden.path("keep_shortest_edge_v1.0.0").asInt());
    }
  }

  private static int check(
      RgbImage image, JsonNode golden, String version, ModelFamily family, ImageProcessMode mode) {
    JsonNode expected = golden.path(version + " " + mode.label());
    if (!expected.isArray()) {
      return 0;
    }
    RgbImage actual = ConversationImages.of(family).process(image, mode);
    assertThat(new int[] {actual.width(), actual.height()})
        .as("%s %s %s", version, mode, golden)
        .isEqualTo(GoldenFolder.ints(expected));
    return 1;
  }
}
