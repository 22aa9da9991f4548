package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.image.internal.BicubicResampler;
import io.github.llavamed.image.internal.ResizedSize;
import io.github.llavamed.image.internal.Squares;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TensorAssert;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Decoding, resizing and pixel values of every picture of the golden folder. */
@Tag("golden")
class ImageGoldenTest {
  /** Exactness of float steps; larger would be a wrong pixel (0.0146). */
  private static final double PIXEL_VALUE_TOLERANCE = 1e-6;

  /** JPEG decoders differ by this much; the JDK of the golden comparison does not at all. */
  private static final double JPEG_WORST = 2;

  private static final double JPEG_MEAN = 0.1;

  /** CMYK and YCCK go through one more rounding. */
  private static final double CMYK_WORST = 3;

  /** What one step of a decoded value can change a pixel value by: 1 / (255 * 0.2613). */
  private static final double ONE_STEP = 0.0151;

  static Stream<Arguments> pictures() {
    return GoldenImages.entries("preprocessing").stream()
        .map(e -> Arguments.of(e.getKey(), e.getValue()));
  }

  @Test
  void folderHoldsPictures() {
    assertThat(pictures()).isNotEmpty();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void headerIsAsInPillow(String name, JsonNode picture) throws IOException {
    ImageInfo info = ImageDecoder.create(ImageLimits.defaults()).info(ImageInput.of(input(name)));

    assertThat(info.format().name()).isEqualTo(picture.path("format").asText());
    assertThat(info.mode().pillowName()).isEqualTo(picture.path("mode").asText());
    assertThat(new int[] {info.width(), info.height()})
        .isEqualTo(GoldenFolder.ints(picture.path("size")));
    assertThat(info.frames()).isEqualTo(picture.path("frames").asInt());
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void decodesAsPillow(String name, JsonNode picture) {
    RgbImage actual = GoldenImages.decode(input(name));
    RgbImage expected =
        GoldenImages.decode(
            GoldenImages.FOLDER.resolve("expected").resolve(picture.path("rgb_png").asText()));

    assertThat(GoldenImages.md5(expected.rgb())).isEqualTo(picture.path("rgb_md5").asText());
    double[] difference = GoldenImages.difference(actual, expected);
    boolean jpeg = picture.path("format").asText().equals("JPEG");
    boolean cmyk = picture.path("mode").asText().equals("CMYK");
    assertThat(difference[0])
        .as("largest difference of %s", name)
        .isLessThanOrEqualTo(cmyk ? CMYK_WORST : jpeg ? JPEG_WORST : 0);
    assertThat(difference[1])
        .as("mean difference of %s", name)
        .isLessThanOrEqualTo(cmyk ? 1 : jpeg ? JPEG_MEAN : 0);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void resizesAsPillow(String name, JsonNode picture) {
    RgbImage image = GoldenImages.decode(input(name));
    boolean exact = GoldenImages.md5(image.rgb()).equals(picture.path("rgb_md5").asText());
    for (JsonNode golden : picture.path("cases")) {
      RgbImage padded = padded(image, golden);
      ResizedSize size =
          ResizedSize.of(padded.width(), padded.height(), golden.path("shortest_edge").asInt());
      RgbImage resized = BicubicResampler.resize(padded, size.width(), size.height());

      assertThat(new int[] {padded.width(), padded.height()})
          .isEqualTo(GoldenFolder.ints(golden.path("input_size")));
      assertThat(new int[] {resized.width(), resized.height()})
          .isEqualTo(GoldenFolder.ints(golden.path("resized_size")));
      if (exact) {
        assertThat(GoldenImages.md5(resized.rgb()))
            .as("%s %s", name, golden)
            .isEqualTo(golden.path("resized_md5").asText());
      }
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void givesThePixelValuesOfTheOriginal(String name, JsonNode picture) throws IOException {
    RgbImage image = GoldenImages.decode(input(name));
    boolean exact = GoldenImages.md5(image.rgb()).equals(picture.path("rgb_md5").asText());
    double tolerance = exact ? PIXEL_VALUE_TOLERANCE : CMYK_WORST * ONE_STEP;
    for (JsonNode golden : picture.path("cases")) {
      PixelValues actual = processor(golden).process(ImageInput.of(input(name)));

      check(name + " " + golden, actual, golden, tolerance);
      int[] shape = GoldenFolder.ints(golden.path("pixel_values_shape"));
      assertThat(new int[] {actual.channels(), actual.height(), actual.width()}).isEqualTo(shape);
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("pictures")
  void padsGreyImagesAsOpened(String name, JsonNode picture) throws IOException {
    JsonNode golden = picture.path("without_rgb_conversion").path("pad");
    if (picture.path("mode").asText().equals("L") && golden.has("pixel_values")) {
      PixelValues actual =
          ImageProcessor.create(config(golden), ImageAspect.PAD, ImageLimits.defaults())
              .process(ImageInput.of(input(name)));

      check(name, actual, golden, PIXEL_VALUE_TOLERANCE);
    }
  }

  private static void check(String what, PixelValues actual, JsonNode golden, double tolerance) {
    float[] expected =
        GoldenFolder.floats(
            GoldenImages.FOLDER.resolve("expected").resolve(golden.path("pixel_values").asText()));
    TensorAssert.isCloseTo(what, actual.values(), expected, tolerance, 0);
  }

  private static RgbImage padded(RgbImage image, JsonNode golden) {
    int[] color = config(golden).mean().stream().mapToInt(mean -> (int) (255 * mean)).toArray();
    return switch (golden.path("mode").asText()) {
      case "pad" -> Squares.pad(image, color, 0);
      case "pad_high" -> Squares.pad(image, color, 1);
      default -> image;
    };
  }

  private static ImageProcessor processor(JsonNode golden) {
    String mode = golden.path("mode").asText();
    ImageAspect aspect = mode.startsWith("pad") ? ImageAspect.PAD : ImageAspect.SQUARE;
    return ImageProcessor.create(config(golden), aspect, ImageLimits.defaults())
        .withGrayPadding(GrayPadding.PER_CHANNEL)
        .withPadOffset(mode.equals("pad_high") ? PadOffset.FLOOR_PLUS_ONE : PadOffset.FLOOR);
  }

  private static ImageProcessorConfig config(JsonNode golden) {
    boolean half = golden.path("mean_std").asText().equals("half");
    int crop = golden.path("crop").asInt();
    return new ImageProcessorConfig(
        golden.path("shortest_edge").asInt(),
        crop,
        crop,
        ImageProcessorConfig.ONE_255TH,
        half ? List.of(0.5, 0.5, 0.5) : ImageProcessorConfig.CLIP_MEAN,
        half ? List.of(0.5, 0.5, 0.5) : ImageProcessorConfig.CLIP_STD);
  }

  private static Path input(String name) {
    return GoldenImages.FOLDER.resolve("inputs").resolve(name);
  }
}
