package io.github.llavamed.image;

import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.image.internal.BicubicResampler;
import io.github.llavamed.image.internal.CropAxis;
import io.github.llavamed.image.internal.ResizedSize;
import io.github.llavamed.image.internal.Squares;
import io.github.llavamed.image.internal.Window;
import java.io.IOException;
import java.util.Arrays;
import java.util.Objects;

/**
 * Turns images into the pixel values that a CLIP vision tower takes, bit for bit as the original.
 *
 * <p>Immutable and safe for concurrent use.
 */
public final class ImageProcessor {
  /** Longest side of {@link ImageAspect#KEEP}, hard-coded in the original. */
  private static final double KEEP_LONGEST = 448;

  /** Largest shortest side of {@link ImageAspect#KEEP}, hard-coded in the original. */
  private static final double KEEP_SHORTEST = 224;

  private static final int CHANNELS = 3;

  private final ImageProcessorConfig config;
  private final ImageAspect aspect;
  private final ImageDecoder decoder;
  private final PadOffset padOffset;
  private final GrayPadding grayPadding;
  private final float[][] normalized; // [channel, 8-bit value]

  private ImageProcessor(
      ImageProcessorConfig config,
      ImageAspect aspect,
      ImageDecoder decoder,
      PadOffset padOffset,
      GrayPadding grayPadding) {
    this.config = config;
    this.aspect = aspect;
    this.decoder = decoder;
    this.padOffset = padOffset;
    this.grayPadding = grayPadding;
    this.normalized = normalized(config);
  }

  /**
   * Creates a processor that pads at {@link PadOffset#FLOOR} and with {@link
   * GrayPadding#SINGLE_VALUE}.
   *
   * @param config the numbers of the tower
   * @param aspect what happens to images that are not square
   * @param limits what images may ask for
   */
  public static ImageProcessor create(
      ImageProcessorConfig config, ImageAspect aspect, ImageLimits limits) {
    return new ImageProcessor(
        Objects.requireNonNull(config),
        Objects.requireNonNull(aspect),
        ImageDecoder.create(limits),
        PadOffset.FLOOR,
        GrayPadding.SINGLE_VALUE);
  }

  /** Returns a processor that pads at another offset; {@link ImageAspect#PAD} alone pads. */
  public ImageProcessor withPadOffset(PadOffset offset) {
    return new ImageProcessor(config, aspect, decoder, offset, grayPadding);
  }

  /** Returns a processor that pads grey images in another colour. */
  public ImageProcessor withGrayPadding(GrayPadding padding) {
    return new ImageProcessor(config, aspect, decoder, padOffset, padding);
  }

  /** Returns the numbers of the tower. */
  public ImageProcessorConfig config() {
    return config;
  }

  /**
   * Decodes and processes an image.
   *
   * @return {@code [3, h, w]}; the size of the crop, or with {@link ImageAspect#KEEP} the size that
   *     the aspect ratio gives
   * @throws ImageRejectedException if the image is broken, unknown or over a limit
   * @throws IOException if the file cannot be read
   */
  public PixelValues process(ImageInput input) throws IOException {
    return process(decoder.decode(input));
  }

  /** Processes a decoded image, see {@link #process(ImageInput)}. */
  public PixelValues process(RgbImage image) {
    return switch (aspect) {
      case SQUARE -> cropped(image);
      case PAD -> cropped(Squares.pad(image, padColor(image), padOffset.extra(image)));
      case KEEP -> kept(image);
    };
  }

  /** Returns the shortest edge that {@link ImageAspect#KEEP} gives an image of that size. */
  public static int keptShortestEdge(int width, int height) {
    double ratio = (double) Math.max(width, height) / Math.min(width, height);
    return (int) Math.min(KEEP_LONGEST / ratio, KEEP_SHORTEST);
  }

  private PixelValues cropped(RgbImage image) {
    ResizedSize size = ResizedSize.of(image.width(), image.height(), config.shortestEdge());
    return crop(
        image,
        size,
        CropAxis.of(size.width(), config.cropWidth()),
        CropAxis.of(size.height(), config.cropHeight()));
  }

  private PixelValues kept(RgbImage image) {
    int shortest = keptShortestEdge(image.width(), image.height());
    if (shortest < 1) {
      throw new ImageRejectedException(
          "image of %d x %d: expected an aspect ratio of at most 448, found more; crop the image"
              .formatted(image.width(), image.height()));
    }
    ResizedSize size = ResizedSize.of(image.width(), image.height(), shortest);
    return crop(image, size, CropAxis.whole(size.width()), CropAxis.whole(size.height()));
  }

  private PixelValues crop(RgbImage image, ResizedSize size, CropAxis x, CropAxis y) {
    Window window = new Window(x.start(), y.start(), x.length(), y.length());
    RgbImage resized =
        BicubicResampler.resize(image, size.width(), size.height(), window); // [y.length, x.length]
    int plane = Math.multiplyExact(y.size(), x.size());
    float[] values = new float[Math.multiplyExact(CHANNELS, plane)]; // [3, y.size, x.size]
    for (int c = 0; c < CHANNELS; c++) {
      float[] table = normalized[c];
      Arrays.fill(values, c * plane, (c + 1) * plane, table[0]);
      for (int row = 0; row < y.length(); row++) {
        int in = row * x.length() * 3 + c;
        int out = c * plane + (y.offset() + row) * x.size() + x.offset();
        for (int column = 0; column < x.length(); column++, in += 3) {
          values[out + column] = table[resized.rgb()[in] & 0xff];
        }
      }
    }
    return new PixelValues(values, CHANNELS, y.size(), x.size());
  }

  private int[] padColor(RgbImage image) {
    if (image.mode() == ColorMode.L && grayPadding == GrayPadding.SINGLE_VALUE) {
      double sum = 0;
      for (double mean : config.mean()) {
        sum += mean;
      }
      int gray = (int) (255 * (sum / CHANNELS));
      return new int[] {gray, gray, gray};
    }
    return config.mean().stream().mapToInt(mean -> (int) (255 * mean)).toArray();
  }

  /** Tabulates {@code (float32(value * factor) - mean) / std} for the 256 values of a byte. */
  private static float[][] normalized(ImageProcessorConfig config) {
    float[][] table = new float[CHANNELS][256];
    for (int c = 0; c < CHANNELS; c++) {
      float mean = config.mean().get(c).floatValue();
      float std = config.std().get(c).floatValue();
      for (int value = 0; value < 256; value++) {
        float scaled = (float) (value * config.rescaleFactor());
        table[c][value] = (scaled - mean) / std;
      }
    }
    return table;
  }
}
