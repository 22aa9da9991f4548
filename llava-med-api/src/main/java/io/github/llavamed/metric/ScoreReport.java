package io.github.llavamed.metric;

import java.util.List;
import java.util.Optional;

/**
 * The figures of one evaluation with their provenance. Immutable.
 *
 * @param provenance protocol, data, settings, versions and date
 * @param openQuestions number of open questions
 * @param closedQuestions number of closed questions
 * @param scores in the order of the protocol
 * @param groups the same by question type, modality and the like
 */
public record ScoreReport(
    Provenance provenance,
    int openQuestions,
    int closedQuestions,
    List<MetricScore> scores,
    List<GroupScores> groups) {
  /** Copies the lists. */
  public ScoreReport {
    scores = List.copyOf(scores);
    groups = List.copyOf(groups);
  }

  /** Returns the score with a key, for example {@code recall}. */
  public Optional<MetricScore> score(String key) {
    return scores.stream().filter(score -> score.key().equals(key)).findFirst();
  }
}
