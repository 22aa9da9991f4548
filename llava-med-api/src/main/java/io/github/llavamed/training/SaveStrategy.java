package io.github.llavamed.training;

/** When checkpoints are written during a run; the result is written in any case. */
public enum SaveStrategy {
  /** Never. */
  NO,
  /** Every so many optimiser steps. */
  STEPS
}
