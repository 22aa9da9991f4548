package io.github.llavamed.generation;

/** Decides after each new token whether the answer ends. One generation, one thread. */
@FunctionalInterface
public interface StoppingCriterion {
  /** Takes the next new id and returns whether the answer ends with it. */
  boolean shouldStop(int id);
}
