package io.github.llavamed.cli.launch;

import java.io.PrintWriter;
import java.util.List;

/** A program of a few lines in the place of a training process; also one that launches it. */
final class FakeWorker {
  private FakeWorker() {}

  /**
   * Does what {@code args[0]} says: {@code print}, {@code fail} as rank 1, {@code wait}, or {@code
   * launch} two that wait.
   */
  public static void main(String[] args) throws Exception {
    LauncherWatch.start(System.getenv());
    switch (args[0]) {
      case "print" -> System.out.println(place());
      case "fail" -> {
        if (System.getenv("RANK").equals("1")) {
          System.err.println("error: nothing works");
          System.exit(3);
        }
        Thread.sleep(60_000);
      }
      case "launch" -> launch();
      default -> {
        System.out.println("waiting");
        Thread.sleep(60_000);
      }
    }
  }

  private static String place() {
    return "%s of %s at %s:%s, local %s"
        .formatted(
            System.getenv("RANK"),
            System.getenv("WORLD_SIZE"),
            System.getenv("MASTER_ADDR"),
            System.getenv("MASTER_PORT"),
            System.getenv("LOCAL_RANK"));
  }

  private static void launch() throws Exception {
    PrintWriter out = new PrintWriter(System.out, true);
    WorkerLayout layout = new WorkerLayout(2, 1, 0, "127.0.0.1", 29_500);
    List<String> command = JavaCommand.of(FakeWorker.class, List.of("wait"));
    try (WorkerGroup group = WorkerGroup.start(layout, command, out, out)) {
      group.processIds().forEach(id -> out.println("worker " + id));
      group.await();
    }
  }
}
