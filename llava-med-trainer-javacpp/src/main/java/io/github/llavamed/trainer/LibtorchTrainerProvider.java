package io.github.llavamed.trainer;

import io.github.llavamed.inference.BackendStatus;
import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.trainer.internal.run.LibtorchTrainer;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.training.Trainer;
import io.github.llavamed.training.TrainerProvider;

/** Provides the trainer on libtorch, id {@code libtorch}. Stateless. */
public final class LibtorchTrainerProvider implements TrainerProvider {
  /** Creates the provider; loads nothing native. */
  public LibtorchTrainerProvider() {}

  @Override
  public String id() {
    return "libtorch";
  }

  @Override
  public BackendStatus probe() {
    try {
      return BackendStatus.available("libtorch on " + String.join(", ", LibTorch.devices()));
    } catch (BackendUnavailableException e) {
      return BackendStatus.unavailable(String.valueOf(e.getMessage()));
    }
  }

  @Override
  public Trainer create() {
    LibTorch.load();
    return new LibtorchTrainer();
  }
}
