package io.github.llavamed.cli.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.github.llavamed.error.LlavaMedException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@EnabledOnOs(OS.LINUX) // signals
class WorkerGroupTest {
  private static final WorkerLayout SECOND_OF_TWO = new WorkerLayout(2, 2, 1, "node-0", 29_500);
  private static final WorkerLayout ALONE = new WorkerLayout(2, 1, 0, "127.0.0.1", 29_500);

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private WorkerGroup start(WorkerLayout layout, String what) throws Exception {
    List<String> command = JavaCommand.of(FakeWorker.class, List.of(what));
    return WorkerGroup.start(layout, command, new PrintWriter(out), new PrintWriter(err));
  }

  private static void assertGone(List<Long> processIds) throws Exception {
    for (long id : processIds) {
      for (int i = 0; i < 100 && alive(id); i++) {
        Thread.sleep(50);
      }
      assertThat(alive(id)).as("process " + id).isFalse();
    }
  }

  private static boolean alive(long id) {
    return ProcessHandle.of(id).map(ProcessHandle::isAlive).orElse(false);
  }

  /** Tells whether the process was started with SIGINT, signal 2, ignored. */
  private static boolean ignoresInterrupts() throws IOException {
    String mask =
        Files.readAllLines(Path.of("/proc/self/status")).stream()
            .filter(line -> line.startsWith("SigIgn:"))
            .findFirst()
            .orElseThrow();
    return (Long.parseUnsignedLong(mask.substring("SigIgn:".length()).strip(), 16) & 2) != 0;
  }

  @Test
  void tellsEachWorkerItsPlaceAndForwardsItsLines() throws Exception {
    try (WorkerGroup group = start(SECOND_OF_TWO, "print")) {
      group.await();
    }

    assertThat(out.toString().lines())
        .containsExactlyInAnyOrder(
            "[rank 2] 2 of 4 at node-0:29500, local 0", "[rank 3] 3 of 4 at node-0:29500, local 1");
  }

  @Test
  void endsAllWhenOneFailsAndSaysWhichAndWhy() throws Exception {
    try (WorkerGroup group = start(ALONE, "fail")) {
      assertThatThrownBy(group::await)
          .isInstanceOf(LlavaMedException.class)
          .hasMessageContaining("rank 1")
          .hasMessageContaining("code 3")
          .hasMessageContaining("error: nothing works");

      assertGone(group.processIds());
    }
    assertThat(err.toString()).contains("[rank 1] error: nothing works");
  }

  @Test
  void namesTheSignalThatEndedAWorker() throws Exception {
    try (WorkerGroup group = start(ALONE, "wait")) {
      ProcessHandle.of(group.processIds().get(0)).orElseThrow().destroyForcibly();

      assertThatThrownBy(group::await)
          .hasMessageContaining("rank 0")
          .hasMessageContaining("SIGKILL");

      assertGone(group.processIds());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"INT", "TERM", "KILL"})
  void leavesNoWorkerBehindWhenTheLauncherEnds(String signal) throws Exception {
    assumeThat(signal.equals("INT") && ignoresInterrupts())
        .as("a shell's background jobs ignore SIGINT, and so does all that they start")
        .isFalse();
    Process launcher =
        new ProcessBuilder(JavaCommand.of(FakeWorker.class, List.of("launch")))
            .redirectErrorStream(true)
            .start();
    List<Long> workers = new ArrayList<>();
    try (BufferedReader lines = launcher.inputReader(StandardCharsets.UTF_8)) {
      for (int waiting = 0; waiting < 2 || workers.size() < 2; ) {
        String line = String.valueOf(lines.readLine());
        assertThat(line).isNotEqualTo("null");
        waiting += line.endsWith("waiting") ? 1 : 0;
        if (line.startsWith("worker ")) {
          workers.add(Long.valueOf(line.substring("worker ".length())));
        }
      }
      new ProcessBuilder("kill", "-" + signal, String.valueOf(launcher.pid())).start().waitFor();

      assertThat(launcher.waitFor(10, TimeUnit.SECONDS)).isTrue();
      assertGone(workers);
    } finally {
      launcher.destroyForcibly();
    }
  }
}
