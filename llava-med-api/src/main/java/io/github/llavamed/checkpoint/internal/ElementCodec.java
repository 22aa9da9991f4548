package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.ShortBuffer;

/**
 * Converts runs of stored elements to and from float arrays.
 *
 * <p>Elements pass through small arrays: loops over arrays compile to far better code than loops
 * over buffers. Buffers are little-endian.
 */
public final class ElementCodec {
  private static final int CHUNK = 2048;

  private ElementCodec() {}

  /**
   * Widens {@code count} elements at the buffer's position to float; the position does not move.
   * F64 and the 32- and 64-bit integers are rounded to nearest.
   */
  public static void widen(DType dtype, ByteBuffer source, float[] target, int offset, int count) {
    ByteBuffer bytes = source.slice().order(ByteOrder.LITTLE_ENDIAN);
    switch (dtype) {
      case F32 -> bytes.asFloatBuffer().get(target, offset, count);
      case F16, BF16, I16, U16 -> widenShorts(dtype, bytes.asShortBuffer(), target, offset, count);
      case F64, I64, U64 -> widenLongs(dtype, bytes.asLongBuffer(), target, offset, count);
      case I32, U32 -> widenInts(dtype, bytes.asIntBuffer(), target, offset, count);
      case BOOL, U8, I8, F8_E5M2, F8_E4M3 -> widenBytes(dtype, bytes, target, offset, count);
    }
  }

  /**
   * Rounds {@code count} floats to a floating-point type and appends them to the buffer.
   *
   * @throws IllegalArgumentException if the type is not a floating-point type
   */
  public static void narrow(DType dtype, float[] source, int offset, int count, ByteBuffer target) {
    ByteBuffer bytes = target.slice().order(ByteOrder.LITTLE_ENDIAN);
    switch (dtype) {
      case F32 -> bytes.asFloatBuffer().put(source, offset, count);
      case F64 -> {
        for (int i = 0; i < count; i++) {
          bytes.putDouble(source[offset + i]);
        }
      }
      case F16, BF16 -> narrowShorts(dtype, source, offset, count, bytes.asShortBuffer());
      case F8_E5M2 -> {
        for (int i = 0; i < count; i++) {
          bytes.put(FloatFormats.toF8E5M2(source[offset + i]));
        }
      }
      case F8_E4M3 -> {
        for (int i = 0; i < count; i++) {
          bytes.put(FloatFormats.toF8E4M3(source[offset + i]));
        }
      }
      default ->
          throw new IllegalArgumentException(
              "floats cannot be stored as " + dtype + ": give its bytes instead");
    }
    target.position(target.position() + count * dtype.byteSize());
  }

  private static void widenShorts(
      DType dtype, ShortBuffer source, float[] target, int offset, int count) {
    short[] chunk = new short[Math.min(CHUNK, count)];
    for (int done = 0; done < count; ) {
      int n = Math.min(chunk.length, count - done);
      source.get(chunk, 0, n);
      widenShorts(dtype, chunk, n, target, offset + done);
      done += n;
    }
  }

  private static void widenShorts(DType dtype, short[] chunk, int n, float[] target, int at) {
    switch (dtype) {
      case F16 -> {
        for (int i = 0; i < n; i++) {
          target[at + i] = FloatFormats.fromF16(chunk[i]);
        }
      }
      case BF16 -> {
        for (int i = 0; i < n; i++) {
          target[at + i] = FloatFormats.fromBf16(chunk[i]);
        }
      }
      case I16 -> {
        for (int i = 0; i < n; i++) {
          target[at + i] = chunk[i];
        }
      }
      default -> {
        for (int i = 0; i < n; i++) {
          target[at + i] = chunk[i] & 0xffff;
        }
      }
    }
  }

  private static void widenInts(
      DType dtype, IntBuffer source, float[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      int value = source.get();
      target[offset + i] = dtype == DType.I32 ? value : Integer.toUnsignedLong(value);
    }
  }

  private static void widenLongs(
      DType dtype, LongBuffer source, float[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      long value = source.get();
      target[offset + i] =
          switch (dtype) {
            case F64 -> (float) Double.longBitsToDouble(value);
            case I64 -> value;
            default -> unsignedToFloat(value);
          };
    }
  }

  private static float unsignedToFloat(long value) {
    // Halved with the lost bit kept sticky, so that the one rounding is right.
    return value >= 0 ? value : (float) (value >>> 1 | value & 1) * 2;
  }

  private static void widenBytes(
      DType dtype, ByteBuffer source, float[] target, int offset, int count) {
    for (int i = 0; i < count; i++) {
      byte value = source.get();
      target[offset + i] =
          switch (dtype) {
            case BOOL -> value == 0 ? 0 : 1;
            case I8 -> value;
            case F8_E5M2 -> FloatFormats.fromF8E5M2(value);
            case F8_E4M3 -> FloatFormats.fromF8E4M3(value);
            default -> value & 0xff;
          };
    }
  }

  private static void narrowShorts(
      DType dtype, float[] source, int offset, int count, ShortBuffer target) {
    short[] chunk = new short[Math.min(CHUNK, count)];
    for (int done = 0; done < count; ) {
      int n = Math.min(chunk.length, count - done);
      if (dtype == DType.F16) {
        for (int i = 0; i < n; i++) {
          chunk[i] = FloatFormats.toF16(source[offset + done + i]);
        }
      } else {
        for (int i = 0; i < n; i++) {
          chunk[i] = FloatFormats.toBf16(source[offset + done + i]);
        }
      }
      target.put(chunk, 0, n);
      done += n;
    }
  }
}
