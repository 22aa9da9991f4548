package io.github.llavamed.weights.internal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.ProgressListener;
import io.github.llavamed.weights.TensorOutcome;
import io.github.llavamed.weights.VerificationFailedException;
import io.github.llavamed.weights.WeightsFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class VerificationTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @EnumSource(WeightsFormat.class)
  void noticesOneBitThatChangedOnTheWay(WeightsFormat format) throws IOException {
    List<TensorRecipe> recipes =
        List.of(
            new ConstantRecipe("a", new float[] {1, 2, 3}),
            new ConstantRecipe("b", new float[] {4, 5.5f}));
    List<TensorOutcome> outcomes;
    try (TensorSink sink =
        TensorSink.toDirectory(
            temp, recipes.stream().map(TensorRecipe::spec).toList(), format, 1 << 20)) {
      outcomes = new RecipeRun(recipes, ProgressListener.none()).to(sink);
    }
    assertThatCode(() -> check(outcomes)).doesNotThrowAnyException();

    Path file = temp.toFile().listFiles()[0].toPath();
    byte[] bytes = Files.readAllBytes(file);
    bytes[indexOf(bytes, new byte[] {0, 0, (byte) 0xb0, 0x40})]++; // 5.5f
    Files.write(file, bytes);

    assertThatThrownBy(() -> check(outcomes))
        .isInstanceOf(VerificationFailedException.class)
        .hasMessageContaining("tensor 'b'")
        .hasMessageContaining("checksum");
  }

  @ParameterizedTest
  @EnumSource(WeightsFormat.class)
  void noticesAnotherTypeAndAMissingTensor(WeightsFormat format) throws IOException {
    TensorSpec spec = new TensorSpec("a", DType.F32, Shape.of(1));
    List<TensorOutcome> outcomes;
    try (TensorSink sink = TensorSink.toDirectory(temp, List.of(spec), format, 1 << 20)) {
      outcomes =
          new RecipeRun(List.of(new ConstantRecipe("a", new float[] {1})), ProgressListener.none())
              .to(sink);
    }
    TensorOutcome a = outcomes.get(0);
    TensorOutcome half =
        new TensorOutcome("a", a.action(), DType.F16, Shape.of(2), 0, 0, a.crc32());

    assertThatThrownBy(() -> check(List.of(half)))
        .isInstanceOf(VerificationFailedException.class)
        .hasMessageContaining("F16");
    assertThatThrownBy(() -> check(List.of(a, half)))
        .isInstanceOf(VerificationFailedException.class)
        .hasMessageContaining("2 tensors");
  }

  private void check(List<TensorOutcome> outcomes) throws IOException {
    Verification.check(temp, outcomes, CheckpointLimits.defaults());
  }

  private static int indexOf(byte[] all, byte[] part) {
    for (int at = all.length - part.length; at >= 0; at--) {
      boolean same = true;
      for (int i = 0; i < part.length; i++) {
        same &= all[at + i] == part[i];
      }
      if (same) {
        return at;
      }
    }
    throw new AssertionError("not found");
  }
}
