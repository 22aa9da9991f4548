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
 * @param tower whether tower and projector are held in 8 bits too: about three times as fast for an
 *     image, and every image feature depends on it
 */
public record QuantizationConfig(
    int outlierChannels,
    int gatedOutlierChannels,
    int blockSize,
    WeightRange weightRange,
    TowerRounding tower) {
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

  /**
   * Returns the measured defaults: 32 and 128 channels, blocks of 128, the tower by what is
   * measured.
   */
  public static QuantizationConfig defaults(WeightRange weightRange) {
    return new QuantizationConfig(
        DEFAULT_OUTLIERS,
        DEFAULT_GATED_OUTLIERS,
        DEFAULT_BLOCK,
        weightRange,
        TowerRounding.IF_CLOSE);
  }

  /** Returns the same settings with another rule for the vision tower. */
  public QuantizationConfig withTower(TowerRounding rule) {
    return new QuantizationConfig(
        outlierChannels, gatedOutlierChannels, blockSize, weightRange, rule);
  }

  /**
   * Returns how many input channels of the tower's products stay in float: a quarter of the
   * decoder's, since its matrices are a quarter as wide.
   */
  public int towerOutlierChannels() {
    return outlierChannels / 4;
  }
}
