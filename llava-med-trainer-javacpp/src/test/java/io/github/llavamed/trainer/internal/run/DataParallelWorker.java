package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.nio.file.Path;

/** The program of one rank of {@link DataParallelTest}. */
final class DataParallelWorker {
  private DataParallelWorker() {}

  /** Trains as rank {@code args[0]} of {@code args[1]}, over port {@code args[2]}. */
  public static void main(String[] args) throws IOException {
    RankContext ranks =
        new RankContext(
            Integer.parseInt(args[0]),
            Integer.parseInt(args[1]),
            "127.0.0.1",
            Integer.parseInt(args[2]));
    SmallRun.train(
        SmallRun.config(Path.of(args[3]))
            .orderFile(Path.of(args[4]))
            .maxSteps(DataParallelTest.STEPS)
            .ranks(ranks)
            .build(),
        TrainingListener.NONE);
  }
}
