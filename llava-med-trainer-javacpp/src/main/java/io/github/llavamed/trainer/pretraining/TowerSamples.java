package io.github.llavamed.trainer.pretraining;

import java.io.IOException;

/** Images that a tower learns from, by number. Must be safe for use on one thread. */
public interface TowerSamples {
  /** Returns how many there are, 1 or more. */
  int size();

  /** Returns a sample; the arrays must not be changed afterwards. */
  TowerSample get(int index) throws IOException;
}
