package io.github.llavamed.cli;

import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.TrainingConfig;
import java.util.Map;

/** Reads which worker this process is, from the variables that launchers set. Stateless. */
final class RankVariables {
  private static final String ANY_CUDA = "cuda";

  private RankVariables() {}

  /** Returns this process's place, or a process alone where no launcher says one. */
  static RankContext ranks(Map<String, String> environment) {
    if (!environment.containsKey("WORLD_SIZE")) {
      return RankContext.SINGLE;
    }
    return new RankContext(
        number(environment, "RANK"),
        number(environment, "WORLD_SIZE"),
        text(environment, "MASTER_ADDR"),
        number(environment, "MASTER_PORT"));
  }

  /** Gives each worker of a machine its own CUDA device, where the device has no number. */
  static TrainingConfig onOwnDevice(TrainingConfig config, Map<String, String> environment) {
    if (!config.device().equals(ANY_CUDA)) {
      return config;
    }
    int local = environment.containsKey("LOCAL_RANK") ? number(environment, "LOCAL_RANK") : 0;
    return config.toBuilder().device(ANY_CUDA + ":" + local).build();
  }

  private static int number(Map<String, String> environment, String name) {
    String value = text(environment, name);
    try {
      return Integer.parseInt(value.trim());
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "%s: expected a number, found '%s'".formatted(name, value), e);
    }
  }

  private static String text(Map<String, String> environment, String name) {
    String value = environment.get(name);
    if (value == null) {
      throw new IllegalArgumentException(
          "WORLD_SIZE is set, %s is not; a launcher sets both".formatted(name));
    }
    return value;
  }
}
