package io.github.llavamed.eval.report;

import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.Prediction;
import io.github.llavamed.eval.ScoredAnswers;
import io.github.llavamed.eval.dataset.AnswerFile;
import io.github.llavamed.metric.ScoreReport;
import java.util.List;
import java.util.Map;

/**
 * One scored run of a model, with everything that a report shows of it. Immutable.
 *
 * @param name what the report calls it
 * @param predictions its answers, in the order of the questions
 * @param scored every metric of every answer
 * @param report the figures
 */
public record ReportedRun(
    String name, List<Prediction> predictions, ScoredAnswers scored, ScoreReport report) {
  /** Copies the list. */
  public ReportedRun {
    predictions = List.copyOf(predictions);
  }

  /**
   * Scores a run.
   *
   * @throws io.github.llavamed.eval.EvaluationException if questions and answers do not match
   */
  public static ReportedRun of(
      String name, Evaluation evaluation, VqaDataset dataset, AnswerFile answers) {
    ScoredAnswers scored = evaluation.rate(dataset.samples(), answers.predictions());
    return new ReportedRun(
        name,
        answers.predictions(),
        scored,
        evaluation.report(
            scored,
            dataset.name(),
            Map.of("dataset", dataset.sha256(), "predictions", answers.sha256())));
  }
}
