package io.github.llavamed.weights;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Kills a Java process in the middle of a run and looks at what it leaves. */
class KilledRunTest {
  @TempDir private Path temp;

  @ParameterizedTest
  @EnumSource(WeightsFormat.class)
  @Timeout(120)
  void leavesNothingThatLooksFinished(WeightsFormat format) throws Exception {
    TinyModels.llama(1, 10, 8).write(temp.resolve("base"));
    TinyModels.llava(2, 14, 8).write(temp.resolve("delta"));
    Path halfWay = temp.resolve("half-way");

    Process process =
        ChildJvm.start(
            temp.resolve("log"),
            Endless.class,
            List.of("-Xmx256m"),
            temp.toString(),
            format.name());
    while (!Files.exists(halfWay) && process.isAlive()) {
      Thread.sleep(20);
    }
    boolean wasRunning = process.isAlive();
    process.destroyForcibly().waitFor(60, TimeUnit.SECONDS);

    assertThat(wasRunning).as(Files.readString(temp.resolve("log"))).isTrue();
    assertThat(temp.resolve("target")).doesNotExist();
    try (Stream<Path> left = Files.list(temp)) {
      List<Path> partial = left.filter(f -> f.getFileName().toString().contains("target")).toList();
      assertThat(partial).singleElement().asString().endsWith(".partial");
      assertThat(partial.get(0).resolve("config.json")).doesNotExist();
    }

    DeltaWeights.apply(
        temp.resolve("base"),
        temp.resolve("delta"),
        temp.resolve("target"),
        WeightsOptions.builder().format(format).verify(true).build());
    assertThat(temp.resolve("target/config.json")).exists();
  }

  /** Runs half of a tool and then waits to be killed. */
  static final class Endless {
    private Endless() {}

    public static void main(String[] arguments) throws IOException {
      Path temp = Path.of(arguments[0]);
      ProgressListener listener =
          progress -> {
            if (progress.bytesDone() > progress.bytesTotal() / 2) {
              waitForEver(temp);
            }
          };
      DeltaWeights.apply(
          temp.resolve("base"),
          temp.resolve("delta"),
          temp.resolve("target"),
          WeightsOptions.builder()
              .format(WeightsFormat.valueOf(arguments[1]))
              .listener(listener)
              .build());
    }

    private static void waitForEver(Path temp) {
      try {
        Files.writeString(temp.resolve("half-way"), "");
        Thread.sleep(TimeUnit.MINUTES.toMillis(5));
      } catch (IOException | InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
