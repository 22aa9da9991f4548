package io.github.llavamed.onnx.quantization;

/**
 * How weights are rounded. Immutable.
 *
 * @param outlierChannels input channels of each product that stay in float, ≥ 0; products with
 *     fewer than twice as many channels keep half of them
 * @param gatedOutlierChannels the same for the product behind the gated MLP, whose inputs have the
 *     largest outliers
 * @param blockSize 4-bit weights that share a scale: 16, 32, 64, 128 or 256
 * @param weightRange which bytes 8-bit weights use
 * @param roundsVisionTower whether tower and projector are held in 8 bits too; they are small
 *     beside the decoder, and every image feature depends on them
 */
public record QuantizationConfig(
    int outlierChannels,
    int gatedOutlierChannels,
    int blockSize,
    WeightRange weightRange,
    boolean roundsVisionTower) {
  private static final int DEFAULT_OUTLIERS = 32;
  private static final int DEFAULT_GATED_OUTLIERS = 128;
  private static final int DEFAULT_BLOCK = 128;

  /** Checks the ranges. */
  public QuantizationConfig {
    if (outlierChannels < 0 || gatedOutlierChannels < 0) {
      throw new IllegalArgumentException(
          "outlier channels: expected at least 0, found %d and %d"
              .formatted(outlierChannels, gatedOutlierChannels));
    }
    if (Integer.bitCount(blockSize) != 1 || blockSize < 16 || blockSize > 256) {
      throw new IllegalArgumentException(
          "block size: expected 16, 32, 64, 128 or 256, found " + blockSize);
    }
  }

  /** Returns the measured defaults: 32 and 128 channels, blocks of 128, a float32 tower. */
  public static QuantizationConfig defaults(WeightRange weightRange) {
    return new QuantizationConfig(
        DEFAULT_OUTLIERS, DEFAULT_GATED_OUTLIERS, DEFAULT_BLOCK, weightRange, false);
  }

  /** Returns the same settings with the vision tower in 8 bits or in float32. */
  public QuantizationConfig withRoundedVisionTower(boolean rounds) {
    return new QuantizationConfig(
        outlierChannels, gatedOutlierChannels, blockSize, weightRange, rounds);
  }
}
