package io.github.llavamed.cli.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.error.LlavaMedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GgufFileTest {
  private static final short HALF_OF_A_HALF = 0x3400; // 0.25
  private static final short MINUS_TWO = (short) 0xc000;
  private static final short SMALLEST = 0x0001; // 2^-24

  @TempDir Path directory;

  @Test
  void readsSettingsAndPlainTensors() throws IOException {
    GgufFile file =
        GgufFile.open(
            new GgufWriter()
                .number("n", 7)
                .fraction("x", 0.5f)
                .texts("words", List.of("a", "\u0120b"))
                .numbers("kinds", List.of(1, 3))
                .tensor("t", 0, GgufWriter.floats(1, 2, 3, 4, 5, 6), 2, 3)
                .write(directory.resolve("a.gguf")));

    assertThat(file.number("n")).isEqualTo(7);
    assertThat(file.fraction("x")).isEqualTo(0.5f);
    assertThat(file.texts("words")).containsExactly("a", "\u0120b");
    assertThat(file.numbers("kinds")).containsExactly(1, 3);
    assertThat(file.dims("t")).containsExactly(2, 3);
    assertThat(file.floats("t")).containsExactly(1, 2, 3, 4, 5, 6);
    assertThat(file.has("t")).isTrue();
    assertThat(file.has("u")).isFalse();
  }

  @Test
  void widensBlocksOfEightBits() throws IOException {
    ByteBuffer block = ByteBuffer.allocate(2 * 34).order(ByteOrder.LITTLE_ENDIAN);
    block.putShort(HALF_OF_A_HALF);
    for (int i = 0; i < 32; i++) {
      block.put((byte) (i - 16));
    }
    block.putShort(SMALLEST).put((byte) -128);

    float[] values = only(8, block.array(), 64);

    assertThat(values[0]).isEqualTo(-4f);
    assertThat(values[31]).isEqualTo(0.25f * 15);
    assertThat(values[32]).isEqualTo(-128 * 0x1p-24f);
    assertThat(values[63]).isZero();
  }

  @Test
  void widensBlocksOfFourBitsWhoseHalvesAreInterleaved() throws IOException {
    ByteBuffer block = ByteBuffer.allocate(20).order(ByteOrder.LITTLE_ENDIAN);
    block.putShort(HALF_OF_A_HALF).putShort(MINUS_TWO);
    for (int i = 0; i < 16; i++) {
      block.put((byte) (i | 15 - i << 4));
    }

    float[] values = only(3, block.array(), 32);

    for (int i = 0; i < 16; i++) {
      assertThat(values[i]).isEqualTo(0.25f * i - 2);
      assertThat(values[i + 16]).isEqualTo(0.25f * (15 - i) - 2);
    }
  }

  @Test
  void refusesWhatItCannotRead() throws IOException {
    Path whole =
        new GgufWriter()
            .tensor("t", 0, GgufWriter.floats(1, 2), 2)
            .write(directory.resolve("whole.gguf"));
    byte[] bytes = Files.readAllBytes(whole);
    Path other = Files.write(directory.resolve("other"), new byte[64]);
    Path header = Files.write(directory.resolve("header"), Arrays.copyOf(bytes, 40));
    Path data = Files.write(directory.resolve("data"), Arrays.copyOf(bytes, bytes.length - 28));

    assertThatThrownBy(() -> GgufFile.open(other))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("expected a GGUF file");
    assertThatThrownBy(() -> GgufFile.open(header))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("cut off");
    assertThatThrownBy(() -> GgufFile.open(data).floats("t"))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("'t' is cut off");
    assertThatThrownBy(() -> GgufFile.open(whole).floats("u"))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("no tensor 'u'");
    assertThatThrownBy(() -> GgufFile.open(whole).number("n"))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("expected setting 'n'");
    assertThatThrownBy(() -> only(2, new byte[18], 32))
        .isInstanceOf(LlavaMedException.class)
        .hasMessageContaining("found type 2");
  }

  @Test
  void bringsRotatedPairsIntoHalves() {
    // Two heads of four rows, one column.
    assertThat(GgufCheckpoint.halves(new float[] {0, 1, 2, 3, 4, 5, 6, 7}, 2, 1))
        .containsExactly(0, 2, 1, 3, 4, 6, 5, 7);
  }

  @Test
  void sumsUpHowFarDistributionsAre() {
    float[] exact = {0, (float) Math.log(3), 5, 5}; // 1/4 and 3/4; then even
    float[] rounded = {0, 0, 1, 1};
    Accuracy.Sum sum = new Accuracy.Sum();

    sum.add(exact, rounded, 0, 2, 1);
    sum.add(exact, rounded, 2, 2, 0);

    Accuracy found = sum.of("x");
    double divergence = 0.25 * Math.log(0.5) + 0.75 * Math.log(1.5);
    assertThat(found.divergence()).isCloseTo(divergence / 2, within(1e-6));
    assertThat(found.sameToken()).isEqualTo(0.5);
    assertThat(found.perplexityRatio()).isCloseTo(Math.sqrt(1.5), within(1e-6));
  }

  private float[] only(int type, byte[] content, int size) throws IOException {
    return GgufFile.open(
            new GgufWriter().tensor("t", type, content, size).write(directory.resolve("t.gguf")))
        .floats("t");
  }
}
