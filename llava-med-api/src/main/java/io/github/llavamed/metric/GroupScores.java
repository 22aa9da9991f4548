package io.github.llavamed.metric;

import java.util.List;

/**
 * The scores of the questions that share one value of one attribute. Immutable.
 *
 * @param attribute name of the attribute, for example {@code question_type}
 * @param value the shared value
 * @param questions number of questions in the group, ignored ones included
 * @param scores metrics for which at least one question of the group counts
 */
public record GroupScores(String attribute, String value, int questions, List<MetricScore> scores) {
  /** Copies the list. */
  public GroupScores {
    scores = List.copyOf(scores);
  }
}
