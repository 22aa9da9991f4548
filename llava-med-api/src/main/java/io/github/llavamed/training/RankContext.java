package io.github.llavamed.training;

/**
 * One process's place among those that train the same model on different samples.
 *
 * <p>A launcher starts {@code worldSize} processes with the same configuration but for the rank.
 * They average their gradients in every step, and rank 0 writes the files.
 *
 * @param rank this process's number, 0 to {@code worldSize - 1}
 * @param worldSize number of processes, ≥ 1
 * @param masterAddress where rank 0 runs
 * @param masterPort a free port there, 1 to 65535
 */
public record RankContext(int rank, int worldSize, String masterAddress, int masterPort) {
  /** A process alone. */
  public static final RankContext SINGLE = new RankContext(0, 1, "127.0.0.1", 29500);

  /** Checks the ranges. */
  public RankContext {
    if (worldSize < 1 || rank < 0 || rank >= worldSize) {
      throw new IllegalArgumentException(
          "rank: expected 0 to %d of %d processes, found %d"
              .formatted(worldSize - 1, worldSize, rank));
    }
    if (masterPort < 1 || masterPort > 65_535) {
      throw new IllegalArgumentException("masterPort: expected 1 to 65535, found " + masterPort);
    }
  }

  /** Returns whether this process writes the files. */
  public boolean isMain() {
    return rank == 0;
  }
}
