package io.github.llavamed.checkpoint;

/**
 * Element types of the safetensors format and of torch storages.
 *
 * <p>Source: the dtype strings of the safetensors format description.
 */
public enum DType {
  /** One byte, 0 or 1. */
  BOOL(1),
  /** Unsigned 8-bit integer. */
  U8(1),
  /** Signed 8-bit integer. */
  I8(1),
  /** 8-bit float with 5 exponent and 2 mantissa bits. */
  F8_E5M2(1),
  /** 8-bit float with 4 exponent and 3 mantissa bits, no infinities ("fn"). */
  F8_E4M3(1),
  /** Signed 16-bit integer. */
  I16(2),
  /** Unsigned 16-bit integer. */
  U16(2),
  /** IEEE half precision. */
  F16(2),
  /** Upper half of an IEEE single. */
  BF16(2),
  /** Signed 32-bit integer. */
  I32(4),
  /** Unsigned 32-bit integer. */
  U32(4),
  /** IEEE single precision. */
  F32(4),
  /** IEEE double precision. */
  F64(8),
  /** Signed 64-bit integer. */
  I64(8),
  /** Unsigned 64-bit integer. */
  U64(8);

  private final int byteSize;

  DType(int byteSize) {
    this.byteSize = byteSize;
  }

  /** Returns the size of one element in bytes. */
  public int byteSize() {
    return byteSize;
  }

  /** Returns true for the floating-point types. */
  public boolean isFloatingPoint() {
    return switch (this) {
      case F8_E5M2, F8_E4M3, F16, BF16, F32, F64 -> true;
      default -> false;
    };
  }
}
