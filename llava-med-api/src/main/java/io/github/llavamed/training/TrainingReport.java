package io.github.llavamed.training;

import java.nio.file.Path;
import java.util.List;

/**
 * What a run did.
 *
 * @param steps optimiser steps of the whole run, those before a resume included
 * @param skippedSamples numbers of the samples that could not be used, each once
 * @param outputDir where the result is
 */
public record TrainingReport(long steps, List<Integer> skippedSamples, Path outputDir) {
  /** Copies the list. */
  public TrainingReport {
    skippedSamples = List.copyOf(skippedSamples);
  }
}
