package io.github.llavamed.cli.bench;

import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Measures steps of 1, 2, 4 … sequences behind a prompt; confined to one thread. */
final class StepRun {
  private static final int MOST_STEPS = 8;

  private final List<PhaseClock> clocks = new ArrayList<>(); // Of 1, 2, 4 … sequences.

  /**
   * Measures a few steps of each number of sequences that pays; nothing if none but one does.
   *
   * @param session holds the prompt; stays as it is
   * @param newTokens room that the session has behind the prompt, ≥ 1
   */
  void repeat(DecoderSession session, int newTokens) {
    for (int i = 0; session.batchSlots() > 1 && 1 << i <= session.batchSlots(); i++) {
      if (clocks.size() == i) {
        clocks.add(new PhaseClock());
      }
      measure(session, 1 << i, Math.min(newTokens, MOST_STEPS), clocks.get(i));
    }
  }

  private static void measure(DecoderSession session, int sequences, int steps, PhaseClock clock) {
    try (DecoderBatch batch = session.openBatch(sequences, session.length() + steps)) {
      if (batch.slots() < sequences) {
        return; // Not enough memory.
      }
      for (int i = 0; i < sequences; i++) {
        batch.add(session);
      }
      int[] tokens = new int[sequences];
      Arrays.fill(tokens, 1);
      clock.start();
      for (int i = 0; i < steps; i++) {
        batch.step(tokens);
      }
      clock.stop(steps);
    }
  }

  void clear() {
    clocks.forEach(PhaseClock::clear);
  }

  /** Returns the times of each number of sequences that was measured. */
  List<StepTime> times() {
    List<StepTime> times = new ArrayList<>();
    for (int i = 0; i < clocks.size(); i++) {
      if (!clocks.get(i).isEmpty()) {
        times.add(new StepTime(1 << i, clocks.get(i).time().wall()));
      }
    }
    return times;
  }
}
