package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.image.internal.BicubicResampler;
import io.github.llavamed.image.internal.CropAxis;
import io.github.llavamed.image.internal.Squares;
import io.github.llavamed.image.internal.Window;
import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** Properties of resizing, padding and cropping. */
class ImagePropertiesTest {
  @Property(tries = 200, seed = "1")
  void aConstantImageStaysConstant(
      @ForAll @IntRange(min = 1, max = 90) int width,
      @ForAll @IntRange(min = 1, max = 90) int height,
      @ForAll @IntRange(min = 1, max = 120) int newWidth,
      @ForAll @IntRange(min = 1, max = 120) int newHeight,
      @ForAll @IntRange(min = 0, max = 255) int value) {
    byte[] rgb = new byte[width * height * 3];
    Arrays.fill(rgb, (byte) value);

    RgbImage resized =
        BicubicResampler.resize(
            new RgbImage(width, height, rgb, ColorMode.RGB), newWidth, newHeight);

    assertThat(resized.rgb()).hasSize(newWidth * newHeight * 3).containsOnly(value);
  }

  @Property(tries = 100, seed = "2")
  void theSameSizeChangesNothing(
      @ForAll @IntRange(min = 1, max = 90) int width,
      @ForAll @IntRange(min = 1, max = 90) int height,
      @ForAll long seed) {
    RgbImage image = random(width, height, seed);

    assertThat(BicubicResampler.resize(image, width, height).rgb()).isEqualTo(image.rgb());
  }

  @Property(tries = 200, seed = "3")
  void aWindowIsAPartOfTheWhole(
      @ForAll @IntRange(min = 1, max = 70) int width,
      @ForAll @IntRange(min = 1, max = 70) int height,
      @ForAll @IntRange(min = 1, max = 90) int newWidth,
      @ForAll @IntRange(min = 1, max = 90) int newHeight,
      @ForAll long seed) {
    RgbImage image = random(width, height, seed);
    Random random = new Random(seed);
    int left = random.nextInt(newWidth);
    int top = random.nextInt(newHeight);
    Window window =
        new Window(
            left, top, 1 + random.nextInt(newWidth - left), 1 + random.nextInt(newHeight - top));

    RgbImage whole = BicubicResampler.resize(image, newWidth, newHeight);
    RgbImage part = BicubicResampler.resize(image, newWidth, newHeight, window);

    for (int y = 0; y < window.height(); y++) {
      int from = ((top + y) * newWidth + left) * 3;
      assertThat(Arrays.copyOfRange(part.rgb(), y * part.width() * 3, (y + 1) * part.width() * 3))
          .isEqualTo(Arrays.copyOfRange(whole.rgb(), from, from + part.width() * 3));
    }
  }

  @Property(seed = "4")
  void paddingKeepsThePicture(
      @ForAll @IntRange(min = 1, max = 40) int width,
      @ForAll @IntRange(min = 1, max = 40) int height,
      @ForAll @IntRange(min = 0, max = 1) int extra,
      @ForAll long seed) {
    RgbImage image = random(width, height, seed);

    RgbImage square = Squares.pad(image, new int[] {1, 2, 3}, extra, 1_600);

    int offset = width == height ? 0 : Math.abs(width - height) / 2 + extra;
    int left = width < height ? offset : 0;
    int top = width < height ? 0 : offset;
    assertThat(square.width()).isEqualTo(square.height()).isEqualTo(Math.max(width, height));
    for (int y = 0; y < square.height(); y++) {
      for (int x = 0; x < square.width(); x++) {
        boolean inside = x >= left && x < left + width && y >= top && y < top + height;
        int expected = inside ? image.rgb()[((y - top) * width + x - left) * 3] : 1;
        assertThat((int) square.rgb()[(y * square.width() + x) * 3]).isEqualTo(expected);
      }
    }
  }

  @Property(seed = "5")
  void croppingStaysInside(
      @ForAll @IntRange(min = 1, max = 500) int image,
      @ForAll @IntRange(min = 1, max = 500) int crop) {
    CropAxis axis = CropAxis.of(image, crop);

    assertThat(axis.start()).isNotNegative();
    assertThat(axis.start() + axis.length()).isLessThanOrEqualTo(image);
    assertThat(axis.offset()).isNotNegative();
    assertThat(axis.offset() + axis.length()).isLessThanOrEqualTo(axis.size());
    boolean oddMargin = image < crop && (crop - image) % 2 == 1;
    assertThat(axis.size()).isEqualTo(oddMargin ? crop - 1 : crop);
  }

  private static RgbImage random(int width, int height, long seed) {
    byte[] rgb = new byte[width * height * 3];
    new Random(seed).nextBytes(rgb);
    return new RgbImage(width, height, rgb, ColorMode.RGB);
  }
}
