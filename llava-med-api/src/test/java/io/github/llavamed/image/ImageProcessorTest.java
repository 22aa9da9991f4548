package io.github.llavamed.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.image.internal.BicubicResampler;
import io.github.llavamed.image.internal.Window;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;

/** What the processor does with single images. */
class ImageProcessorTest {
  private static final ImageProcessor SQUARE = processor(ImageAspect.SQUARE);

  /** Values of an independent implementation, in section 8.2 of the specification. */
  @Test
  void agreesWithTheWorkedExample() {
    int width = 10;
    int height = 6;
    byte[] rgb = new byte[width * height * 3];
    for (int y = 0; y < height; y++) {
      for (int x = 0; x < width; x++) {
        int at = (y * width + x) * 3;
        rgb[at] = (byte) (25 * x);
        rgb[at + 1] = (byte) (40 * y);
        rgb[at + 2] = (byte) (7 * x * y);
      }
    }

    RgbImage image = new RgbImage(width, height, rgb, ColorMode.RGB);

    RgbImage resized = BicubicResampler.resize(image, 373, 224);
    RgbImage crop = BicubicResampler.resize(image, 373, 224, new Window(74, 0, 224, 224));
    PixelValues pixels = SQUARE.process(image);

    assertThat(sums(resized)).containsExactly(9_408_000, 8_377_580, 5_880_750);
    assertThat(sums(crop)).containsExactly(5_628_000, 5_031_040, 3_926_598);
    assertThat(at(pixels, 0, 0, 0)).isCloseTo(-1.252121f, within(1e-6f));
    assertThat(at(pixels, 1, 0, 0)).isCloseTo(-1.752097f, within(1e-6f));
    assertThat(at(pixels, 2, 0, 0)).isCloseTo(-1.480220f, within(1e-6f));
    assertThat(at(pixels, 0, 100, 50)).isCloseTo(-0.755774f, within(1e-6f));
    assertThat(at(pixels, 1, 100, 50)).isCloseTo(-0.431413f, within(1e-6f));
    assertThat(at(pixels, 2, 100, 50)).isCloseTo(-0.854537f, within(1e-6f));
  }

  @Test
  void keepsTheAspectRatioWithoutCropping() {
    PixelValues pixels =
        processor(ImageAspect.KEEP)
            .process(new RgbImage(400, 100, new byte[120_000], ColorMode.RGB));

    assertThat(pixels.height()).isEqualTo(112);
    assertThat(pixels.width()).isEqualTo(448);
  }

  @Test
  void padsGreyImagesWithOneValueUnlessToldOtherwise() {
    RgbImage gray = new RgbImage(2, 224, new byte[2 * 224 * 3], ColorMode.L);
    ImageProcessor pad = processor(ImageAspect.PAD);

    PixelValues single = pad.process(gray);
    PixelValues each = pad.withGrayPadding(GrayPadding.PER_CHANNEL).process(gray);

    assertThat(at(single, 0, 0, 0)).isEqualTo(normalized(114, 0));
    assertThat(at(single, 2, 0, 0)).isEqualTo(normalized(114, 2));
    assertThat(at(each, 0, 0, 0)).isEqualTo(normalized(122, 0));
    assertThat(at(each, 1, 0, 0)).isEqualTo(normalized(116, 1));
    assertThat(at(each, 2, 0, 0)).isEqualTo(normalized(104, 2));
  }

  @Test
  void drawsThePadOffsetFromSeedAndPixels() {
    Random random = new Random(4);
    ImageProcessor floor = processor(ImageAspect.PAD);
    ImageProcessor plusOne = floor.withPadOffset(PadOffset.FLOOR_PLUS_ONE);
    ImageProcessor drawn = floor.withPadOffset(PadOffset.random(17));
    int upper = 0;
    int images = 40;

    for (int i = 0; i < images; i++) {
      byte[] rgb = new byte[224 * 100 * 3];
      random.nextBytes(rgb);
      RgbImage image = new RgbImage(224, 100, rgb, ColorMode.RGB);
      float[] values = drawn.process(image).values();
      assertThat(drawn.process(image).values()).isEqualTo(values);
      boolean isUpper = Arrays.equals(values, plusOne.process(image).values());
      assertThat(isUpper || Arrays.equals(values, floor.process(image).values())).isTrue();
      upper += isUpper ? 1 : 0;
    }

    assertThat(upper).isBetween(images / 4, images * 3 / 4);
  }

  @Test
  void givesTheSameValuesFromEightThreads() throws Exception {
    Random random = new Random(5);
    BufferedImage image = new BufferedImage(300, 200, BufferedImage.TYPE_INT_RGB);
    for (int i = 0; i < 300 * 200; i++) {
      image.setRGB(i % 300, i / 300, random.nextInt());
    }
    List<ImageInput> inputs = new ArrayList<>();
    for (String format : List.of("png", "jpg", "bmp", "tiff")) {
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      ImageIO.write(image, format, bytes);
      inputs.add(ImageInput.of(bytes.toByteArray(), format));
    }
    List<float[]> expected = new ArrayList<>();
    for (ImageInput input : inputs) {
      expected.add(SQUARE.process(input).values());
    }
    ExecutorService threads = Executors.newFixedThreadPool(8);
    try {
      List<Future<float[]>> results = new ArrayList<>();
      for (int i = 0; i < 64; i++) {
        ImageInput input = inputs.get(i % inputs.size());
        results.add(threads.submit(() -> SQUARE.process(input).values()));
      }
      for (int i = 0; i < results.size(); i++) {
        assertThat(results.get(i).get()).isEqualTo(expected.get(i % inputs.size()));
      }
    } finally {
      threads.shutdownNow();
    }
  }

  @Test
  void takesImagesInMemoryAsTheyAreStored() throws IOException {
    BufferedImage gray = new BufferedImage(5, 4, BufferedImage.TYPE_BYTE_GRAY);
    gray.getRaster().setSample(2, 1, 0, 77);
    BufferedImage wide = new BufferedImage(5, 4, BufferedImage.TYPE_USHORT_GRAY);
    wide.getRaster().setSample(2, 1, 0, 200);
    wide.getRaster().setSample(3, 1, 0, 4000);
    BufferedImage color = new BufferedImage(5, 4, BufferedImage.TYPE_INT_ARGB);
    color.setRGB(2, 1, 0x80123456);
    ImageDecoder decoder = ImageDecoder.create(ImageLimits.defaults());

    RgbImage fromGray = decoder.decode(ImageInput.of(gray));
    RgbImage fromWide = decoder.decode(ImageInput.of(wide));
    RgbImage fromColor = decoder.decode(ImageInput.of(color));

    int at = (5 + 2) * 3;
    assertThat(fromGray.mode()).isEqualTo(ColorMode.L);
    assertThat(fromGray.rgb()[at]).isEqualTo((byte) 77);
    assertThat(fromWide.rgb()[at]).isEqualTo((byte) 200);
    assertThat(fromWide.rgb()[at + 3]).isEqualTo((byte) 255);
    assertThat(fromColor.rgb()).contains(0x12, 0x34, 0x56);
    assertThat(fromColor.rgb()[at + 2]).isEqualTo((byte) 0x56);
  }

  @Test
  void refusesFramesThatAFileCannotHave() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(new BufferedImage(3, 3, BufferedImage.TYPE_INT_RGB), "png", bytes);
    ImageInput second = ImageInput.of(bytes.toByteArray(), "one.png").withFrame(1);

    assertThatThrownBy(() -> SQUARE.process(second))
        .isInstanceOf(ImageRejectedException.class)
        .hasMessageContainingAll("one.png", "frame 0", "found 1");
  }

  private static ImageProcessor processor(ImageAspect aspect) {
    return ImageProcessor.create(ImageProcessorConfig.clip(224), aspect, ImageLimits.defaults());
  }

  private static float normalized(int value, int channel) {
    float mean = ImageProcessorConfig.CLIP_MEAN.get(channel).floatValue();
    float std = ImageProcessorConfig.CLIP_STD.get(channel).floatValue();
    return ((float) (value * ImageProcessorConfig.ONE_255TH) - mean) / std;
  }

  private static float at(PixelValues pixels, int channel, int row, int column) {
    return pixels.values()[(channel * pixels.height() + row) * pixels.width() + column];
  }

  private static int[] sums(RgbImage image) {
    int[] sums = new int[3];
    for (int i = 0; i < image.rgb().length; i++) {
      sums[i % 3] += image.rgb()[i] & 0xff;
    }
    return sums;
  }
}
