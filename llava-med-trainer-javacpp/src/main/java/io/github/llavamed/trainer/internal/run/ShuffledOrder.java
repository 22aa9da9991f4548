package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.training.RankContext;
import java.util.Arrays;
import java.util.Random;

/** A new order of all samples every epoch, drawn from seed and epoch alone. */
final class ShuffledOrder implements MicroBatchOrder {
  /** Odd, so that no two epochs share a seed; the golden ratio, which spreads neighbours. */
  private static final long EPOCH_STEP = 0x9E3779B97F4A7C15L;

  private final Arrangement arrangement;
  private final int batchSize;
  private final long perEpoch;
  private final long seed;
  private final RankContext ranks;
  private int[] order = {};
  private long epochOfOrder = -1;

  ShuffledOrder(
      Arrangement arrangement, int batchSize, long perEpoch, long seed, RankContext ranks) {
    this.arrangement = arrangement;
    this.batchSize = batchSize;
    this.perEpoch = perEpoch;
    this.seed = seed;
    this.ranks = ranks;
  }

  @Override
  public int[] samples(long number) {
    long epoch = number / perEpoch;
    if (epoch != epochOfOrder) {
      order = share(arrangement.of(new Random(seed + epoch * EPOCH_STEP)));
      epochOfOrder = epoch;
    }
    int from = Math.toIntExact(Math.multiplyExact(number % perEpoch, (long) batchSize));
    return Arrays.copyOfRange(order, from, Math.min(order.length, from + batchSize));
  }

  /** Every rank gets as many: the first samples come again at the end. */
  private int[] share(int[] all) {
    int[] mine = new int[(all.length + ranks.worldSize() - 1) / ranks.worldSize()];
    Arrays.setAll(mine, i -> all[(i * ranks.worldSize() + ranks.rank()) % all.length]);
    return mine;
  }
}
