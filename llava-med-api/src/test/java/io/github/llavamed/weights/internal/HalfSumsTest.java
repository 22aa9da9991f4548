package io.github.llavamed.weights.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.checkpoint.internal.FloatFormats;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Sums in whole blocks against sums of one pair each. */
class HalfSumsTest {
  private static final int ALL = 1 << 16;

  /** Zeros, ends of the subnormal and the normal halves, 1, ties, NaN, infinity; both signs. */
  private static final int[] EDGES = {
    0, 1, 2, 0x3ff, 0x400, 0x401, 0x7ff, 0x3bff, 0x3c00, 0x3c01, 0x5400, 0x57ff, 0x63ff, 0x6400,
    0x7800, 0x7bfe, 0x7bff, 0x7c00, 0x7c01, 0x7e00, 0x7fff
  };

  private final HalfSums sums = new HalfSums();

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void combinesEveryHalfWithEdgesAndManyOthersAsOneByOne(boolean subtract) {
    ByteBuffer left = buffer(ALL);
    IntStream.range(0, ALL).forEach(bits -> left.putShort(2 * bits, (short) bits));
    int[] partners =
        IntStream.concat(
                IntStream.of(EDGES).flatMap(edge -> IntStream.of(edge, edge | 0x8000)),
                new Random(7).ints(200, 0, ALL))
            .toArray();
    for (int partner : partners) {
      ByteBuffer right = buffer(ALL);
      IntStream.range(0, ALL).forEach(i -> right.putShort(2 * i, (short) partner));

      assertSameAsOneByOne(left, right, subtract, ALL);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void combinesFiniteHalvesOfAnyTwoSizesAsOneByOne(boolean subtract) {
    Random random = new Random(11);
    for (int round = 0; round < 50; round++) {
      int size =
          1 + random.nextInt(0x7800); // no sum overflows, so that no block has a special case
      ByteBuffer left = buffer(ALL);
      ByteBuffer right = buffer(ALL);
      for (int i = 0; i < ALL; i++) {
        left.putShort(2 * i, (short) (random.nextInt(0x7800) | random.nextInt(2) << 15));
        right.putShort(2 * i, (short) (random.nextInt(size) | random.nextInt(2) << 15));
      }
      assertSameAsOneByOne(left, right, subtract, ALL);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 1022, 1023, 1024, 1025, 2049})
  void appendsAsManySumsAsAreAskedFor(int count) {
    ByteBuffer left = buffer(count + 1);
    ByteBuffer right = buffer(count + 1);
    for (int i = 0; i < count; i++) {
      left.putShort(2 * i, (short) (0x3c00 + i));
      right.putShort(2 * i, (short) (0x3c00 - i));
    }
    assertSameAsOneByOne(left, right, false, count);
  }

  @Test
  void appendsBehindWhatIsThere() {
    ByteBuffer one = buffer(2).putShort(0, (short) 0x3c00);
    ByteBuffer target = buffer(4);

    sums.combine(one, one, false, 1, target);
    sums.combine(one, one, true, 1, target);

    assertThat(target.position()).isEqualTo(4);
    assertThat(target.getShort(0)).isEqualTo((short) 0x4000);
    assertThat(target.getShort(2)).isZero();
  }

  private void assertSameAsOneByOne(
      ByteBuffer left, ByteBuffer right, boolean subtract, int count) {
    ByteBuffer target = buffer(count + 1);

    sums.combine(left, right, subtract, count, target);

    assertThat(target.position()).isEqualTo(2 * count);
    for (int i = 0; i < count; i++) {
      short a = left.getShort(2 * i);
      short b = right.getShort(2 * i);
      int expected = oneByOne(a, b, subtract) & 0xffff;
      int found = target.getShort(2 * i) & 0xffff;
      boolean bothNan = (expected & 0x7fff) > 0x7c00 && (found & 0x7fff) > 0x7c00;
      if (found != expected && !bothNan) {
        assertThat(found).as("%04x and %04x", a, b).isEqualTo(expected);
      }
    }
  }

  private static short oneByOne(short a, short b, boolean subtract) {
    float left = FloatFormats.fromF16(a);
    float right = FloatFormats.fromF16(b);
    return FloatFormats.toF16(subtract ? left - right : left + right);
  }

  private static ByteBuffer buffer(int halves) {
    return ByteBuffer.allocateDirect(halves * Short.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }
}
