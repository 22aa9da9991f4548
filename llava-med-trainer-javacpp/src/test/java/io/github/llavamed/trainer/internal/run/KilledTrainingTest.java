package io.github.llavamed.trainer.internal.run;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that end with {@code kill -9} at some moment, and the runs that go on from there. */
class KilledTrainingTest {
  private static final int STEPS = 60;

  @TempDir private Path directory;

  @BeforeAll
  static void loadLibtorch() {
    LibTorch.load();
  }

  /** Saves often and keeps few, so that kills meet writing, renaming and deleting, too. */
  static TrainingConfig config(Path outputDir) {
    return SmallRun.config(outputDir)
        .gradientAccumulationSteps(1)
        .maxSteps(STEPS)
        .saveSteps(5)
        .saveTotalLimit(2)
        .build();
  }

  @Test
  void goesOnBitForBitFromFourRandomMoments() throws Exception {
    killAtRandomMoments(4, 11);
  }

  @Test
  @Tag("slow")
  void goesOnBitForBitFromTwentyRandomMoments() throws Exception {
    killAtRandomMoments(20, 12);
  }

  private void killAtRandomMoments(int kills, long seed) throws Exception {
    Map<String, float[]> straight =
        SmallRun.train(config(directory.resolve("straight")), TrainingListener.NONE);
    Random random = new Random(seed);
    List<Integer> diedAfter = new ArrayList<>();
    for (int kill = 0; kill < kills; kill++) {
      Path output = directory.resolve("killed-" + kill);
      diedAfter.add(killedAfter(output, random.nextInt(STEPS - 1), random.nextInt(40)));
      Map<String, float[]> resumed = SmallRun.train(config(output), TrainingListener.NONE);
      for (Map.Entry<String, float[]> weight : straight.entrySet()) {
        assertThat(resumed.get(weight.getKey()))
            .as("%s after the kill at step %d", weight.getKey(), diedAfter.get(kill))
            .isEqualTo(weight.getValue());
      }
    }
    assertThat(diedAfter).hasSize(kills).anyMatch(step -> step > 1 && step < STEPS);
  }

  /** Kills a child a little after it said a step; returns the last step that it said. */
  private static int killedAfter(Path output, int step, int milliseconds) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-Dllavamed.root=" + SmallRun.root(),
                "-cp",
                System.getProperty("java.class.path"),
                Worker.class.getName(),
                output.toString())
            .redirectError(Files.createTempFile(output.getParent(), "child", ".log").toFile())
            .start();
    int said = 0;
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(child.getInputStream(), UTF_8))) {
      while (said < step) {
        String line = lines.readLine();
        assertThat(line).as("the child ended after step " + said).isNotNull();
        said = Integer.parseInt(line);
      }
      TimeUnit.MILLISECONDS.sleep(milliseconds);
      child.toHandle().destroyForcibly(); // SIGKILL, and what it said can still be read
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        said = Integer.parseInt(line);
      }
      assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    }
    return said;
  }

  /** The program that is killed. */
  static final class Worker {
    private Worker() {}

    /** Trains into the directory {@code args[0]} and says each step. */
    public static void main(String[] args) throws IOException {
      LibTorch.load();
      SmallRun.train(
          config(Path.of(args[0])),
          new TrainingListener() {
            @Override
            public void stepCompleted(StepMetrics metrics) {
              System.out.println(metrics.step());
            }
          });
    }
  }
}
