package io.github.llavamed.cli.launch;

import java.util.Map;
import java.util.Optional;

/** Ends a worker whose launcher is gone, so that none is left behind. Stateless. */
public final class LauncherWatch {
  /** What the JDK gives a process that was asked to end. */
  private static final int TERMINATED = 143;

  private LauncherWatch() {}

  /** Watches the launcher that the environment names, if it names one. */
  public static void start(Map<String, String> environment) {
    String id = environment.get(WorkerLayout.LAUNCHER);
    if (id == null) {
      return;
    }
    Optional<ProcessHandle> launcher = ProcessHandle.of(Long.parseLong(id));
    if (launcher.isEmpty()) {
      Runtime.getRuntime().halt(TERMINATED);
    } else {
      // Not exit: whoever waits for a message of another rank would hold it up.
      launcher.get().onExit().thenRun(() -> Runtime.getRuntime().halt(TERMINATED));
    }
  }
}
