package io.github.llavamed.model.internal;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.CheckpointLimits;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Opens checkpoints and closes them again unless somebody takes them over. */
public final class OpenFiles implements AutoCloseable {
  private final CheckpointLimits limits;
  private final List<Checkpoint> open = new ArrayList<>();

  /** Creates an empty set of files. */
  public OpenFiles(CheckpointLimits limits) {
    this.limits = limits;
  }

  /** Opens a checkpoint, which stays owned by this. */
  public Checkpoint open(Path fileOrDirectory) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(fileOrDirectory, limits);
    open.add(checkpoint);
    return checkpoint;
  }

  /** Hands the open checkpoints over to the caller, who closes them. */
  public List<Checkpoint> release() {
    List<Checkpoint> released = List.copyOf(open);
    open.clear();
    return released;
  }

  @Override
  public void close() {
    open.forEach(Checkpoint::close);
    open.clear();
  }
}
