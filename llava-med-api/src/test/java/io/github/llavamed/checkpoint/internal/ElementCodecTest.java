package io.github.llavamed.checkpoint.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.github.llavamed.checkpoint.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ElementCodecTest {
  @Test
  void widensIntegers() {
    assertThat(widen(DType.BOOL, 0, 1, 2)).containsExactly(0, 1, 1);
    assertThat(widen(DType.U8, 0, 127, 255)).containsExactly(0, 127, 255);
    assertThat(widen(DType.I8, 0, 127, -128)).containsExactly(0, 127, -128);
    assertThat(widen(DType.U16, 1, 65535)).containsExactly(1, 65535);
    assertThat(widen(DType.I16, 1, -32768)).containsExactly(1, -32768);
    assertThat(widen(DType.I32, Integer.MIN_VALUE, 7)).containsExactly(-0x1p31f, 7);
    assertThat(widen(DType.U32, 0xffff_ffffL, 7)).containsExactly(0x1p32f, 7);
    assertThat(widen(DType.I64, Long.MIN_VALUE, -7)).containsExactly(-0x1p63f, -7);
    assertThat(widen(DType.U64, -1, 7)).containsExactly(0x1p64f, 7);
  }

  @Test
  void roundsUnsignedLongsOnce() {
    // 2^63 + 2^39 is a tie between two floats; one more unit decides.
    assertThat(widen(DType.U64, Long.MIN_VALUE + (1L << 39), Long.MIN_VALUE + (1L << 39) + 1))
        .containsExactly(0x1p63f, Math.nextUp(0x1p63f));
  }

  @Test
  void roundsDoubles() {
    long tie = Double.doubleToLongBits(1 + 0x1p-24);
    assertThat(widen(DType.F64, tie, tie + 1)).containsExactly(1, Math.nextUp(1f));
  }

  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F8_E5M2", "F8_E4M3", "F16", "BF16", "F32", "F64"})
  void narrowsAndWidensRunsLongerThanAChunk(DType dtype) {
    float[] values = new float[5001];
    for (int i = 0; i < values.length; i++) {
      values[i] = (i % 16 - 8) * 0.25f; // exact in every format
    }
    ByteBuffer bytes = ByteBuffer.allocate(1 + values.length * 8).position(1);

    ElementCodec.narrow(dtype, values, 1, 5000, bytes);

    assertThat(bytes.position()).isEqualTo(1 + 5000 * dtype.byteSize());
    float[] read = new float[5003];
    ElementCodec.widen(dtype, bytes.position(1), read, 2, 5000);
    for (int i = 0; i < 5000; i++) {
      assertThat(read[2 + i]).isEqualTo(values[1 + i]);
    }
    assertThat(read[0]).isZero();
    assertThat(read[5002]).isZero();
  }

  @Test
  void refusesToRoundFloatsToIntegers() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> ElementCodec.narrow(DType.I32, new float[1], 0, 1, ByteBuffer.allocate(4)))
        .withMessageContaining("I32");
  }

  private static float[] widen(DType dtype, long... values) {
    ByteBuffer bytes =
        ByteBuffer.allocate(values.length * dtype.byteSize()).order(ByteOrder.LITTLE_ENDIAN);
    for (long value : values) {
      switch (dtype.byteSize()) {
        case 1 -> bytes.put((byte) value);
        case 2 -> bytes.putShort((short) value);
        case 4 -> bytes.putInt((int) value);
        default -> bytes.putLong(value);
      }
    }
    float[] floats = new float[values.length];
    ElementCodec.widen(dtype, bytes.flip(), floats, 0, floats.length);
    return floats;
  }
}
