package io.github.llavamed.onnx.export;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.host.CpuFeatures;
import io.github.llavamed.onnx.quantization.QuantizationConfig;
import io.github.llavamed.onnx.quantization.TowerRounding;
import io.github.llavamed.onnx.quantization.WeightRange;

/**
 * How a model is exported. Immutable.
 *
 * @param precision number format of the matrix products: {@link Precision#FP32}, {@link
 *     Precision#INT8}, {@link Precision#INT8_BLOCKS} or {@link Precision#INT4}
 * @param verify whether an export found on disk is hashed as a whole before it is reused; otherwise
 *     sizes are always compared, but only files of at most 16 MiB are hashed
 * @param quantization how weights are rounded; unused by fp32
 */
public record OnnxExportConfig(
    Precision precision, boolean verify, QuantizationConfig quantization) {
  /** Rounds weights as this machine's processor needs it. */
  public OnnxExportConfig(Precision precision, boolean verify) {
    this(precision, verify, quantizationOfThisMachine());
  }

  /** Returns float32 without full hashing. */
  public static OnnxExportConfig defaults() {
    return new OnnxExportConfig(Precision.FP32, false);
  }

  private static QuantizationConfig quantizationOfThisMachine() {
    boolean narrow = CpuFeatures.current().mayAddBytesIn16Bits();
    return QuantizationConfig.defaults(narrow ? WeightRange.REDUCED : WeightRange.FULL);
  }

  /** Returns the same settings with another rule for the vision tower. */
  public OnnxExportConfig withTower(TowerRounding rule) {
    return new OnnxExportConfig(precision, verify, quantization.withTower(rule));
  }

  /** Returns the precision and what tells its variants apart, as part of a file name. */
  String variant() {
    return switch (precision) {
      case INT8 -> quantization.weightRange() == WeightRange.FULL ? "int8" : "int8-reduced";
      case FP32, FP16, BF16, INT8_BLOCKS, INT4, INT8_INT4, INT8_INT8_BLOCKS -> precision.id();
    };
  }

  /** Returns what else shapes the graphs. */
  String settings() {
    return precision == Precision.FP32 ? "" : quantization.toString();
  }
}
