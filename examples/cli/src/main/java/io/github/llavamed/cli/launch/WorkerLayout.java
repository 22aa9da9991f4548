package io.github.llavamed.cli.launch;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which workers run on this machine, among those of all machines.
 *
 * <p>Workers learn their place from the variables that PyTorch's launcher sets, so that a cluster's
 * own launcher can start them as well.
 *
 * @param perNode workers on each machine, ≥ 1
 * @param nodes number of machines, ≥ 1
 * @param nodeRank this machine's number, from 0
 * @param masterAddress where rank 0 runs
 * @param masterPort a free port there
 */
public record WorkerLayout(
    int perNode, int nodes, int nodeRank, String masterAddress, int masterPort) {
  /** Holds the process id of the launcher; a worker ends when that process is gone. */
  public static final String LAUNCHER = "LLAVA_MED_LAUNCHER_PID";

  /** Checks the ranges. */
  public WorkerLayout {
    if (perNode < 1) {
      throw new IllegalArgumentException("--nproc-per-node: expected 1 or more, found " + perNode);
    }
    if (nodes < 1 || nodeRank < 0 || nodeRank >= nodes) {
      throw new IllegalArgumentException(
          "--node-rank: expected 0 to %d of %d machines, found %d"
              .formatted(nodes - 1, nodes, nodeRank));
    }
  }

  /** Returns the number of workers on all machines. */
  public int worldSize() {
    return Math.multiplyExact(perNode, nodes);
  }

  /** Returns the number among all workers of one on this machine. */
  public int rank(int local) {
    return nodeRank * perNode + local;
  }

  /** Returns what is added to the environment of a worker. */
  Map<String, String> environment(int local) {
    Map<String, String> variables = new LinkedHashMap<>();
    variables.put("RANK", String.valueOf(rank(local)));
    variables.put("LOCAL_RANK", String.valueOf(local));
    variables.put("WORLD_SIZE", String.valueOf(worldSize()));
    variables.put("LOCAL_WORLD_SIZE", String.valueOf(perNode));
    variables.put("MASTER_ADDR", masterAddress);
    variables.put("MASTER_PORT", String.valueOf(masterPort));
    variables.put(LAUNCHER, String.valueOf(ProcessHandle.current().pid()));
    return variables;
  }
}
