package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.ImageAspect;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each limit refuses what goes beyond it, by name, and nothing else. */
class ImageLimitsTest {
  private static final ImageLimits DEFAULTS = ImageLimits.defaults();

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp", "tiff"})
  void refusesMorePixelsThanAllowed(String format) throws IOException {
    ImageInput image = ImageInput.of(encoded(format, 20, 10), "image." + format);

    assertThat(decode(image, DEFAULTS.withMaxPixels(200)).width()).isEqualTo(20);
    assertThatThrownBy(() -> decode(image, DEFAULTS.withMaxPixels(199)))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContainingAll("image." + format, "maxPixels", "199", "20 x 10 = 200");
  }

  @ParameterizedTest
  @ValueSource(strings = {"png", "jpg", "gif", "bmp", "tiff"})
  void refusesLongerSidesThanAllowed(String format) throws IOException {
    ImageInput image = ImageInput.of(encoded(format, 20, 10));

    assertThat(decode(image, DEFAULTS.withMaxSide(20)).height()).isEqualTo(10);
    assertThatThrownBy(() -> decode(image, DEFAULTS.withMaxSide(19)))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContainingAll("maxSide", "19", "20 x 10");
  }

  @Test
  void refusesMoreBytesThanAllowed() throws IOException {
    byte[] bytes = encoded("png", 20, 10);

    assertThat(decode(ImageInput.of(bytes), DEFAULTS.withMaxBytes(bytes.length))).isNotNull();
    assertThatThrownBy(() -> decode(ImageInput.of(bytes), DEFAULTS.withMaxBytes(bytes.length - 1)))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContainingAll("maxBytes", String.valueOf(bytes.length));
  }

  @Test
  void refusesMoreFramesThanAllowed() throws IOException {
    byte[] one = encoded("gif", 4, 4);
    // The frame of the file once more: everything between the colours and the trailer.
    int start = 13 + 3 * (2 << (one[10] & 7));
    byte[] two = Arrays.copyOf(one, one.length + one.length - start - 1);
    System.arraycopy(one, start, two, one.length - 1, one.length - start);
    ImageInput image = ImageInput.of(two);

    assertThat(ImageDecoder.create(DEFAULTS).info(image).frames()).isEqualTo(2);
    assertThatThrownBy(() -> ImageDecoder.create(DEFAULTS.withMaxFrames(1)).info(image))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContainingAll("maxFrames", "at most 1 frames");
  }

  @Test
  void refusesToNeedMoreMemoryThanAllowed() throws IOException {
    ImageInput image = ImageInput.of(encoded("png", 20, 10));

    assertThat(decode(image, DEFAULTS.withMaxWorkingBytes(600))).isNotNull();
    assertThatThrownBy(() -> decode(image, DEFAULTS.withMaxWorkingBytes(599)))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContainingAll("maxWorkingBytes", "599", "600");
  }

  @Test
  void refusesSquaresLargerThanAllowed() {
    RgbImage narrow = new RgbImage(1, 100, new byte[300], ColorMode.RGB);
    ImageProcessor processor =
        ImageProcessor.create(
            ImageProcessorConfig.clip(28), ImageAspect.PAD, DEFAULTS.withMaxPixels(9_999));

    assertThatThrownBy(() -> processor.process(narrow))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContainingAll("9999", "10000");
  }

  @Test
  void refusesLimitsOutOfRange() {
    assertThatThrownBy(() -> DEFAULTS.withMaxPixels(0))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("maxPixels");
    assertThatThrownBy(() -> DEFAULTS.withMaxPixels(Integer.MAX_VALUE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static RgbImage decode(ImageInput image, ImageLimits limits) throws IOException {
    return ImageDecoder.create(limits).decode(image);
  }

  private static byte[] encoded(String format, int width, int height) throws IOException {
    BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    assertThat(ImageIO.write(image, format, bytes)).isTrue();
    return bytes.toByteArray();
  }
}
