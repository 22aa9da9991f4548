package io.github.llavamed.weights;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.checkpoint.DType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The tools run in a Java process that is smaller than one tensor of their models. */
class MemoryBoundTest {
  /** Below the 24 MB that one embedding takes in float16, and far below a model. */
  private static final List<String> SMALL = List.of("-Xmx20m", "-XX:MaxDirectMemorySize=4m");

  private static final int ROWS = 24_000;
  private static final int COLUMNS = 512;

  @TempDir private Path temp;

  @ParameterizedTest
  @CsvSource({
    "apply, BF16, SAFETENSORS",
    "apply, F32, TORCH",
    "consolidate, F32, SAFETENSORS",
  })
  @Timeout(120)
  void runsInLessMemoryThanATensorTakes(String tool, DType dtype, WeightsFormat format)
      throws Exception {
    TinyModels.llama(1, ROWS, COLUMNS).storedAs(dtype).write(temp.resolve("base"));
    TinyModels.llava(2, ROWS + 4, COLUMNS).storedAs(dtype).write(temp.resolve("delta"));

    Process process =
        ChildJvm.start(
            temp.resolve("log"), SmallRun.class, SMALL, temp.toString(), tool, format.name());

    assertThat(process.waitFor(100, TimeUnit.SECONDS)).isTrue();
    assertThat(process.exitValue()).as(Files.readString(temp.resolve("log"))).isZero();
    assertThat(temp.resolve("out/config.json")).exists();
  }

  /** Runs one tool. */
  static final class SmallRun {
    private SmallRun() {}

    public static void main(String[] arguments) throws IOException {
      Path temp = Path.of(arguments[0]);
      WeightsOptions options =
          WeightsOptions.builder().format(WeightsFormat.valueOf(arguments[2])).verify(true).build();
      Path delta = temp.resolve("delta");
      Path out = temp.resolve("out");
      WeightsReport report =
          arguments[1].equals("apply")
              ? DeltaWeights.apply(temp.resolve("base"), delta, out, options)
              : Consolidation.consolidate(delta, out, options);
      long heap = Runtime.getRuntime().maxMemory();
      if (report.tensors().get(0).byteSize() <= heap) {
        throw new IllegalStateException("the first tensor fits into the heap of " + heap);
      }
    }
  }
}
