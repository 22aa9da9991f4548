package io.github.llavamed.weights.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.checkpoint.DType;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NonFiniteCounterTest {
  private final NonFiniteCounter counter = new NonFiniteCounter();

  @ParameterizedTest
  @CsvSource({"F16, 2046", "BF16, 254"})
  void countsEveryNanAndInfinityAmongAllShortNumbers(DType dtype, int nans) {
    ByteBuffer all = buffer(2 << 16);
    for (int bits = 0; bits < 1 << 16; bits++) {
      all.putShort((short) bits);
    }

    counter.start(dtype);
    counter.add(all.flip());

    assertThat(counter.nans()).isEqualTo(nans);
    assertThat(counter.infinities()).isEqualTo(2);
    assertThat(all.remaining()).isEqualTo(2 << 16);
  }

  @Test
  void countsTheLastOfAnOddNumber() {
    ByteBuffer three = buffer(6).putShort((short) 0xfc00).putShort((short) 0x7bff);
    three.putShort((short) 0x7c01).flip();

    counter.start(DType.F16);
    counter.add(three);

    assertThat(counter.nans()).isOne();
    assertThat(counter.infinities()).isOne();
  }

  @Test
  void countsFloatsOverSeveralChunksFromZeroForEachTensor() {
    ByteBuffer floats = buffer(20).putFloat(Float.MAX_VALUE).putFloat(-Float.MAX_VALUE);
    floats.putFloat(Float.NaN).putFloat(Float.NEGATIVE_INFINITY).putInt(0xff80_0001).flip();

    counter.start(DType.F32);
    counter.add(floats);
    counter.add(floats);

    assertThat(counter.nans()).isEqualTo(4);
    assertThat(counter.infinities()).isEqualTo(2);

    counter.start(DType.F32);
    counter.add(buffer(8).putFloat(1).putFloat(-0f).flip());

    assertThat(counter.nans()).isZero();
    assertThat(counter.infinities()).isZero();
  }

  @Test
  void countsNothingInOtherTypes() {
    counter.start(DType.I64);
    counter.add(buffer(8).putLong(-1).flip());

    assertThat(counter.nans()).isZero();
  }

  private static ByteBuffer buffer(int bytes) {
    return ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }
}
