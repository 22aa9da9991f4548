package io.github.llavamed.onnx;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.host.CpuFeatures;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.SyntheticConfig;
import io.github.llavamed.testing.SyntheticModel;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Two formats of one decoder: which of them reads a prompt, and which makes new tokens. */
class PairedPrecisionTest {
  private static final long SEED = 5;
  private static final int[] PROMPT = {1, 17, 42, 5, 96};

  @TempDir static Path directory;

  private final SyntheticModel model = SyntheticModel.of(SyntheticConfig.create().build(), SEED);

  private InferenceBackend open(Precision precision) {
    CpuFeatures cpu = CpuFeatures.current(); // Bytes in blocks are refused elsewhere.
    assumeTrue(cpu.hasVectorIntegers() && !cpu.mayAddBytesIn16Bits());
    return new OnnxCpuProvider()
        .create(
            model.artifacts(directory),
            new BackendOptions(precision, null, 1, directory, Precision.FP32));
  }

  private static float[] append(DecoderSession session, int... ids) {
    return session.append(List.of(TokenSegment.of(ids)), List.of());
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"INT8_INT8_BLOCKS", "INT8_INT4"})
  void readsPromptsLikeTheFirstAndMakesTokensLikeTheSecond(Precision pair) {
    try (InferenceBackend both = open(pair);
        InferenceBackend prompts = open(pair.prompts());
        InferenceBackend newTokens = open(pair.newTokens());
        DecoderSession session = both.openSession(20);
        DecoderSession prompt = prompts.openSession(20);
        DecoderSession single = both.openSession(20);
        DecoderSession token = newTokens.openSession(20)) {
      assertThat(both.precision()).isEqualTo(pair);
      assertThat(append(session, PROMPT)).isEqualTo(append(prompt, PROMPT));
      assertThat(append(session, 33)).isNotEqualTo(append(prompt, 33));
      assertThat(append(single, 33)).isEqualTo(append(token, 33));
      assertThat(append(single, 7)).isEqualTo(append(token, 7));
    }
  }

  @Test
  void keepsTheCacheOfTheOneForTheOther() {
    try (InferenceBackend exact = open(Precision.FP32);
        InferenceBackend both = open(Precision.INT8_INT8_BLOCKS);
        DecoderSession expected = exact.openSession(20);
        DecoderSession actual = both.openSession(20)) {
      append(expected, PROMPT);
      append(actual, PROMPT);
      for (int id : new int[] {33, 7, 60}) {
        assertThat(cosine(append(actual, id), append(expected, id))).isGreaterThan(0.999);
      }
    }
  }

  private static double cosine(float[] a, float[] b) {
    double product = 0;
    double first = 0;
    double second = 0;
    for (int i = 0; i < a.length; i++) {
      product += (double) a[i] * b[i];
      first += (double) a[i] * a[i];
      second += (double) b[i] * b[i];
    }
    return product / Math.sqrt(first * second);
  }
}
