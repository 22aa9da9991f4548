package io.github.llavamed.cli;

import io.github.llavamed.cli.launch.JavaCommand;
import io.github.llavamed.cli.launch.WorkerGroup;
import io.github.llavamed.cli.launch.WorkerLayout;
import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.PrintWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many processes a command starts of itself; names are those of PyTorch's launcher. */
final class LaunchOptions {
  private static final int PLANNED_PORT = 29_500; // nobody listens

  private static final List<String> NAMES =
      List.of("--nproc-per-node", "--nnodes", "--node-rank", "--master-addr", "--master-port");

  @Option(
      names = "--nproc-per-node",
      paramLabel = "N",
      description =
          "Start N processes on this machine that train together, and end all when one fails.")
  private @Nullable Integer perNode;

  @Option(
      names = "--nnodes",
      paramLabel = "N",
      description = "Machines on which this command is run, 1 by default.")
  private int nodes = 1;

  @Option(
      names = "--node-rank",
      paramLabel = "N",
      description = "The number of this machine among them, from 0.")
  private int nodeRank;

  @Option(
      names = "--master-addr",
      paramLabel = "HOST",
      description = "Where rank 0 runs, this machine by default.")
  private @Nullable String masterAddress;

  @Option(
      names = "--master-port",
      paramLabel = "PORT",
      description = "A free port there; on one machine one is found.")
  private @Nullable Integer masterPort;

  /** Returns whether this process is to start others. */
  boolean asked() {
    return perNode != null;
  }

  /** Returns the settings as rank 0 of those that would be started has them. */
  TrainingConfig planned(TrainingConfig config) {
    if (perNode == null) {
      return config;
    }
    int ranks = new WorkerLayout(perNode, nodes, 0, "127.0.0.1", PLANNED_PORT).worldSize();
    return config.toBuilder().ranks(new RankContext(0, ranks, "127.0.0.1", PLANNED_PORT)).build();
  }

  /**
   * Starts the workers and waits for them.
   *
   * @param arguments the whole command line, these options among it
   */
  void run(
      List<String> arguments, Map<String, String> environment, PrintWriter out, PrintWriter err)
      throws IOException {
    WorkerLayout layout = layout(environment);
    List<String> command = JavaCommand.of(Main.class, workerArguments(arguments, layout, err));
    try (WorkerGroup group = WorkerGroup.start(layout, command, out, err)) {
      group.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while the workers ran; they were ended");
    }
  }

  private WorkerLayout layout(Map<String, String> environment) throws IOException {
    if (environment.containsKey("WORLD_SIZE")) {
      throw new IllegalArgumentException(
          "--nproc-per-node: WORLD_SIZE is set, so a launcher started this process already;"
              + " leave one of the two out");
    }
    if (nodes > 1 && (masterAddress == null || masterPort == null)) {
      throw new IllegalArgumentException(
          "--nnodes %d: expected --master-addr and --master-port, the same on all machines"
              .formatted(nodes));
    }
    return new WorkerLayout(
        perNode == null ? 1 : perNode,
        nodes,
        nodeRank,
        masterAddress == null ? "127.0.0.1" : masterAddress,
        masterPort == null ? freePort() : masterPort);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** Leaves these options out; the cores of this machine are shared. */
  private static List<String> workerArguments(
      List<String> arguments, WorkerLayout layout, PrintWriter err) {
    List<String> kept = new ArrayList<>();
    for (int i = 0; i < arguments.size(); i++) {
      String argument = arguments.get(i);
      if (NAMES.contains(argument)) {
        i++;
      } else if (NAMES.stream().noneMatch(name -> argument.startsWith(name + "="))) {
        kept.add(argument);
      }
    }
    if (kept.stream().noneMatch(a -> a.equals("--threads") || a.startsWith("--threads="))) {
      int cores = Runtime.getRuntime().availableProcessors();
      int threads = Math.max(1, cores / layout.perNode());
      err.printf(
          "each of %d processes computes with %d of %d threads%n",
          layout.perNode(), threads, cores);
      kept.addAll(List.of("--threads", String.valueOf(threads)));
    }
    return kept;
  }
}
