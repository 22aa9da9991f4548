package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.trainer.internal.distributed.Comm;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;

/**
 * Finds where a run goes on.
 *
 * @param config the settings
 * @param plan the steps of this run
 * @param samples number of samples
 * @param comm the ranks, which must agree
 * @param listener is told what the user should know
 */
record ResumePoint(
    TrainingConfig config, StepPlan plan, int samples, Comm comm, TrainingListener listener) {
  /** Restores the newest checkpoint and returns where it stands, or the start. */
  RunState of(RunCheckpoints checkpoints) throws IOException {
    StoredPosition stored = checkpoints.restoreNewest();
    checkSameStep(stored == null ? 0 : stored.state().step());
    if (stored == null) {
      return RunState.start(config.seed());
    }
    RunState found = here(stored);
    if (found.seed() != config.seed()) {
      throw new IllegalArgumentException(
          "seed: the checkpoint was made with %d, found %d; give the same, or another outputDir"
              .formatted(found.seed(), config.seed()));
    }
    return config.quirks().legacyResumePosition()
        ? new RunState(found.step(), plan.legacyPosition(found.step()), 0, found.seed())
        : found;
  }

  /** Returns a position as the ranks of this run count. */
  private RunState here(StoredPosition stored) {
    int ranks = config.ranks().worldSize();
    if (stored.ranks() != ranks && config.ranks().isMain()) {
      listener.warned(
          "the checkpoint was made by %d processes, now there are %d: the same samples make up a step if batch size x accumulation x processes is the same"
              .formatted(stored.ranks(), ranks));
    }
    if (config.orderFile() != null) {
      return stored.forRanks(ranks, Long.MAX_VALUE, Long.MAX_VALUE);
    }
    long before = StepPlan.microBatchesPerEpoch(samples, stored.ranks(), config);
    return stored.forRanks(ranks, Math.max(1, before), plan.microBatchesPerEpoch());
  }

  /** Ranks that go on from different checkpoints would train different models. */
  private void checkSameStep(long mine) {
    long first = Math.round(comm.sum(config.ranks().isMain() ? mine : 0)[0]);
    if (mine != first) {
      throw new LlavaMedException(
          "rank %d: expected the checkpoint of step %d in %s, as rank 0 has it; found step %d: all ranks must see the same files"
              .formatted(config.ranks().rank(), first, config.outputDir(), mine));
    }
  }
}
