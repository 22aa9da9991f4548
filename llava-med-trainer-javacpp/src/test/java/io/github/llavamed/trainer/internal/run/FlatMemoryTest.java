package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.training.SaveStrategy;
import io.github.llavamed.training.StepMetrics;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A long run holds as much memory at its end as after its first steps. */
@EnabledOnOs(OS.LINUX) // resident memory is read from /proc
class FlatMemoryTest {
  private static final Logger LOG = LoggerFactory.getLogger(FlatMemoryTest.class);

  /** The allocator and the heap have found their size by then. */
  private static final int WARM = 100;

  /** A megabyte of tensors a step would be two gigabytes at the end. */
  private static final long MOST_GROWTH = 48L << 20;

  /** What the collector has not found yet; one object a step would be more. */
  private static final long UNCOLLECTED = 100;

  @TempDir private Path directory;

  @BeforeAll
  static void loadLibtorch() {
    LibTorch.load();
  }

  @Test
  void memoryIsFlatOverThreeHundredSteps() throws IOException {
    assertFlat(300);
  }

  @Test
  @Tag("slow")
  void memoryIsFlatOverTwoThousandSteps() throws IOException {
    assertFlat(2000);
  }

  /** What a process holds. */
  private record Held(long pointers, long resident) {
    static Held now() {
      System.gc(); // so that the heap counts with what is reachable
      return new Held(Pointer.totalCount(), Pointer.physicalBytes());
    }
  }

  private void assertFlat(int steps) throws IOException {
    Held[] held = new Held[2];
    TrainingConfig config =
        SmallRun.config(directory)
            .gradientAccumulationSteps(1)
            .maxSteps(steps)
            .saveStrategy(SaveStrategy.NO)
            .build();
    SmallRun.train(
        config,
        new TrainingListener() {
          @Override
          public void stepCompleted(StepMetrics metrics) {
            if (metrics.step() == WARM) {
              held[0] = Held.now();
            } else if (metrics.step() == steps) {
              held[1] = Held.now();
            }
          }
        });

    LOG.info("step {}: {}; step {}: {}", WARM, held[0], steps, held[1]);
    assertThat(held[1].pointers()).isLessThan(held[0].pointers() + UNCOLLECTED);
    assertThat(held[1].resident() - held[0].resident()).isLessThan(MOST_GROWTH);
  }
}
