package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StoredPositionTest {
  /** Two ranks, 8 micro-batches an epoch each, 3 a step: in the second epoch after 4 steps. */
  private static final StoredPosition TWO_RANKS =
      new StoredPosition(new RunState(4, 12, 12, 7), 2, 3);

  @Test
  void staysWithTheSameNumberOfRanks() {
    assertThat(TWO_RANKS.forRanks(2, 8, 8)).isSameAs(TWO_RANKS.state());
  }

  @Test
  void countsAsManySamplesWithOtherRanks() {
    assertThat(TWO_RANKS.forRanks(1, 8, 16)).isEqualTo(new RunState(4, 16 + 8, 0, 7));
    assertThat(TWO_RANKS.forRanks(4, 8, 4)).isEqualTo(new RunState(4, 4 + 2, 0, 7));
    // Ranks that do not divide it see a few samples again.
    assertThat(TWO_RANKS.forRanks(3, 8, 6)).isEqualTo(new RunState(4, 6 + 2, 0, 7));
  }

  @Test
  void countsThroughInTheOrderOfAFile() {
    assertThat(TWO_RANKS.forRanks(1, Long.MAX_VALUE, Long.MAX_VALUE).nextMicroBatch())
        .isEqualTo(24);
  }

  @Test
  void keepsMicroBatchesThatAreCarriedOver() {
    StoredPosition carried = new StoredPosition(new RunState(2, 8, 8, 7), 2, 3);

    assertThat(carried.forRanks(1, 8, 16).countedMicroBatches()).isEqualTo(4);
  }
}
