package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.training.Trainer;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingForecast;
import io.github.llavamed.training.TrainingListener;
import io.github.llavamed.training.TrainingReport;
import java.io.IOException;

/** Trains on libtorch, whose failures become those of this library. Stateless. */
public final class LibtorchTrainer implements Trainer {
  /** Creates the trainer; libtorch must be loaded. */
  public LibtorchTrainer() {}

  @Override
  public TrainingReport train(TrainingConfig config, TrainingListener listener) throws IOException {
    try (TrainingRun run = TrainingRun.open(config, listener)) {
      return run.run();
    } catch (RuntimeException e) {
      throw LibTorch.translated(e);
    }
  }

  @Override
  public TrainingForecast forecast(TrainingConfig config) throws IOException {
    try {
      return RunForecast.of(config);
    } catch (RuntimeException e) {
      throw LibTorch.translated(e);
    }
  }
}
