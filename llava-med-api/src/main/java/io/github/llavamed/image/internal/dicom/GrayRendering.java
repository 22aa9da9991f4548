package io.github.llavamed.image.internal.dicom;

import io.github.llavamed.image.internal.EncodedImage;

/**
 * Turns stored grey values into 8 bits: rescale, then the first window, or the range of the frame
 * when there is none (DICOM PS3.3, C.7.6.3 and C.11.2).
 */
final class GrayRendering {
  private static final int INTERCEPT = 0x0028_1052;
  private static final int SLOPE = 0x0028_1053;
  private static final int CENTER = 0x0028_1050;
  private static final int WIDTH = 0x0028_1051;
  private static final int FUNCTION = 0x0028_1056;

  private final double slope;
  private final double intercept;
  private final double center;
  private final double width;
  private final String function;
  private final DicomLayout layout;

  GrayRendering(EncodedImage image, DicomElements elements, DicomLayout layout) {
    this.layout = layout;
    this.slope = elements.decimal(SLOPE, 1);
    this.intercept = elements.decimal(INTERCEPT, 0);
    this.center = elements.decimal(CENTER, Double.NaN);
    this.width = elements.decimal(WIDTH, 0);
    String named = elements.text(FUNCTION);
    this.function = named.isEmpty() ? "LINEAR" : named;
    switch (function) {
      case "LINEAR", "LINEAR_EXACT", "SIGMOID" -> {}
      default -> throw image.unsupported("window", "LINEAR, LINEAR_EXACT or SIGMOID", function);
    }
  }

  /** Returns one byte per pixel. */
  byte[] render(byte[] samples) {
    double[] values = new double[samples.length / layout.bytes()];
    double low = Double.POSITIVE_INFINITY;
    double high = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < values.length; i++) {
      values[i] = stored(samples, i) * slope + intercept;
      low = Math.min(low, values[i]);
      high = Math.max(high, values[i]);
    }
    boolean windowed = !Double.isNaN(center) && width >= (function.equals("LINEAR") ? 1 : 1e-300);
    boolean inverted = layout.photometric() == DicomLayout.Photometric.MONOCHROME1;
    byte[] gray = new byte[values.length];
    for (int i = 0; i < gray.length; i++) {
      double x = windowed ? window(values[i]) : high > low ? (values[i] - low) / (high - low) : 0;
      int level = (int) Math.floor(255 * Math.max(0, Math.min(1, x)) + 0.5);
      gray[i] = (byte) (inverted ? 255 - level : level);
    }
    return gray;
  }

  private double window(double value) {
    return switch (function) {
      case "LINEAR_EXACT" -> (value - center) / width + 0.5;
      case "SIGMOID" -> 1 / (1 + Math.exp(-4 * (value - center) / width));
      default -> {
        if (width == 1) {
          yield value > center - 0.5 ? 1 : 0;
        }
        yield (value - (center - 0.5)) / (width - 1) + 0.5;
      }
    };
  }

  /** Returns a sample, the bits that do not count removed, the sign extended. */
  private int stored(byte[] samples, int index) {
    int value =
        layout.bytes() == 1
            ? samples[index] & 0xff
            : (samples[2 * index] & 0xff) | (samples[2 * index + 1] & 0xff) << 8;
    int unused = 32 - layout.bitsStored();
    return layout.signed() ? value << unused >> unused : value << unused >>> unused;
  }
}
