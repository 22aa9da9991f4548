package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TensorAssert;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pixel values of the model cases, with the processor configurations beside their towers. */
@Tag("golden")
class ModelPixelValuesGoldenTest {
  private static final double TOLERANCE = 1e-6;

  static List<Path> originals() {
    return casesWith("pixel_values");
  }

  static List<Path> huggingFace() {
    return casesWith("pixel_values_other");
  }

  private static List<Path> casesWith(String key) {
    try (Stream<Path> folders = Files.list(GoldenFolder.of("model"))) {
      return folders
          .filter(folder -> Files.exists(folder.resolve("expected.json")))
          .filter(folder -> expected(folder).has(key))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("originals")
  void areThoseOfTheOriginal(Path folder) throws IOException {
    JsonNode images = expected(folder).path("pixel_values");
    JsonNode config = GoldenFolder.json(folder.resolve("checkpoint/config.json"));
    ImageAspect aspect =
        config.path("image_aspect_ratio").asText().equals("pad")
            ? ImageAspect.PAD
            : ImageAspect.SQUARE;
    ImageProcessor processor =
        ImageProcessor.create(
            ImageProcessorConfig.load(processorConfig(folder)), aspect, ImageLimits.defaults());

    assertThat(images).isNotEmpty();
    for (JsonNode image : images) {
      ImageInput input = ImageInput.of(folder.resolve(image.path("file").asText()));
      String key = image.has("floor_offset") ? "floor_offset" : "pixel_values";
      check(folder, processor.process(input), image.get(key));
      if (image.has("plus_one_offset")) {
        PixelValues other = processor.withPadOffset(PadOffset.FLOOR_PLUS_ONE).process(input);
        check(folder, other, image.get("plus_one_offset"));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("huggingFace")
  void areThoseOfHuggingFace(Path folder) throws IOException {
    JsonNode expected = expected(folder);
    ImageProcessor processor =
        ImageProcessor.create(
            ImageProcessorConfig.load(folder.resolve("checkpoint")),
            ImageAspect.SQUARE,
            ImageLimits.defaults());
    int checked = 0;

    for (Map.Entry<String, JsonNode> other : expected.path("pixel_values_other").properties()) {
      Path image = folder.resolve("images").resolve(other.getKey() + ".png");
      check(folder, processor.process(ImageInput.of(image)), other.getValue());
      checked++;
    }
    for (JsonNode prompt : expected.path("prompts")) {
      if (prompt.has("pixel_values") && prompt.path("images").size() == 1) {
        Path image = folder.resolve(prompt.path("images").get(0).asText());
        check(folder, processor.process(ImageInput.of(image)), prompt.get("pixel_values"));
        checked++;
      }
    }

    assertThat(checked).isPositive();
  }

  private static void check(Path folder, PixelValues actual, JsonNode golden) {
    float[] expected = GoldenFolder.floats(folder.resolve(golden.path("file").asText()));
    TensorAssert.isCloseTo(golden.toString(), actual.values(), expected, TOLERANCE, 0);
    int[] shape = GoldenFolder.ints(golden.path("shape"));
    assertThat(new int[] {actual.channels(), actual.height(), actual.width()})
        .isEqualTo(Arrays.copyOfRange(shape, shape.length - 3, shape.length));
  }

  private static JsonNode expected(Path folder) {
    return GoldenFolder.json(folder.resolve("expected.json"));
  }

  private static Path processorConfig(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder, 2)) {
      return files.filter(f -> f.endsWith("preprocessor_config.json")).findFirst().orElseThrow();
    }
  }
}
