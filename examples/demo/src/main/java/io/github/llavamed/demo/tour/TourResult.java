package io.github.llavamed.demo.tour;

import io.github.llavamed.metric.ScoreReport;
import java.nio.file.Path;
import java.util.List;

/**
 * What a tour found.
 *
 * @param answers a few answers to look at
 * @param model the model's figures on unseen images
 * @param blind the figures of answers that do not look at the image
 * @param report the report as an HTML page
 */
public record TourResult(
    List<TourAnswer> answers, ScoreReport model, ScoreReport blind, Path report) {
  /** Copies the list. */
  public TourResult {
    answers = List.copyOf(answers);
  }
}
