package io.github.llavamed.trainer.internal.run;

/**
 * Where a run stood when a checkpoint was written, counted by the ranks of then.
 *
 * @param state as each of those ranks counted
 * @param ranks number of those ranks, ≥ 1
 * @param accumulation micro-batches of a step then, or 0 if the checkpoint does not say
 */
record StoredPosition(RunState state, int ranks, int accumulation) {
  /**
   * Returns the position as this number of ranks counts, after the same samples.
   *
   * @param ranksNow number of ranks that go on
   * @param before micro-batches of an epoch then; the order of a file has no epochs, and is one
   * @param now micro-batches of an epoch from here on
   */
  RunState forRanks(int ranksNow, long before, long now) {
    if (ranksNow == ranks) {
      return state;
    }
    long epoch = state.nextMicroBatch() / before;
    long inEpoch = scaled(state.nextMicroBatch() % before, ranksNow);
    long open = accumulation == 0 ? 0 : state.countedMicroBatches() % accumulation;
    return new RunState(
        state.step(), epoch * now + Math.min(inEpoch, now), scaled(open, ranksNow), state.seed());
  }

  /** Rounded down: rather are a few samples seen again than left out. */
  private long scaled(long microBatches, int ranksNow) {
    return microBatches * ranks / ranksNow;
  }
}
