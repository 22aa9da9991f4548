package io.github.llavamed.onnx.export;

import io.github.llavamed.inference.Precision;

/**
 * How a model is exported. Immutable.
 *
 * @param precision number format of the matrix products; {@link Precision#FP32} for now
 * @param verify whether an export found on disk is hashed as a whole before it is reused; otherwise
 *     sizes are always compared, but only files of at most 16 MiB are hashed
 */
public record OnnxExportConfig(Precision precision, boolean verify) {
  /** Returns float32 without full hashing. */
  public static OnnxExportConfig defaults() {
    return new OnnxExportConfig(Precision.FP32, false);
  }
}
