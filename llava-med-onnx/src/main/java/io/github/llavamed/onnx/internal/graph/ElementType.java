package io.github.llavamed.onnx.internal.graph;

/** Element types of graph values; the numbers are those of {@code TensorProto.DataType}. */
public enum ElementType {
  /** Single precision. */
  FLOAT(1),
  /** Unsigned 8-bit integer. */
  UINT8(2),
  /** Signed 8-bit integer. */
  INT8(3),
  /** Signed 32-bit integer. */
  INT32(6),
  /** Signed 64-bit integer. */
  INT64(7);

  private final int code;

  ElementType(int code) {
    this.code = code;
  }

  /** Returns the number of the type in the ONNX format. */
  public int code() {
    return code;
  }
}
