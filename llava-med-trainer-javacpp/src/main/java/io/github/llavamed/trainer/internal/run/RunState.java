package io.github.llavamed.trainer.internal.run;

/**
 * Where a run stands, after a step.
 *
 * @param step steps taken
 * @param nextMicroBatch number of the micro-batch that comes next, over all epochs
 * @param countedMicroBatches micro-batches counted for the accumulation
 * @param seed the seed of the order, which with the position is all its state
 */
record RunState(long step, long nextMicroBatch, long countedMicroBatches, long seed) {
  static RunState start(long seed) {
    return new RunState(0, 0, 0, seed);
  }
}
