package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Starts {@link RankJobs} in several processes and waits for them. */
final class RankProcesses {
  private RankProcesses() {}

  static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0)) {
      return free.getLocalPort();
    }
  }

  static void run(Path directory, int ranks, List<RankJobs.Job> jobs) throws Exception {
    Path file = directory.resolve("jobs-" + ranks + ".json");
    RankJobs.write(file, jobs);
    List<Process> processes = new ArrayList<>();
    try {
      for (int rank = 0; rank < ranks; rank++) {
        processes.add(start(directory, rank, ranks, file));
      }
      for (int rank = 0; rank < ranks; rank++) {
        assertThat(processes.get(rank).waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(processes.get(rank).exitValue())
            .as(Files.readString(log(directory, rank, ranks)))
            .isZero();
      }
    } finally {
      processes.forEach(Process::destroyForcibly);
    }
  }

  private static Path log(Path directory, int rank, int ranks) {
    return directory.resolve("rank-%d-%d.log".formatted(rank, ranks));
  }

  private static Process start(Path directory, int rank, int ranks, Path jobs) throws IOException {
    List<String> command =
        List.of(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx128m",
            "-XX:+UseSerialGC",
            "-XX:TieredStopAtLevel=1",
            "-Dllavamed.root=" + SmallRun.root(),
            "-cp",
            System.getProperty("java.class.path"),
            RankJobs.class.getName(),
            String.valueOf(rank),
            String.valueOf(ranks),
            jobs.toString());
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log(directory, rank, ranks).toFile())
        .start();
  }
}
