package io.github.llavamed.eval.judge;

import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.eval.internal.python.PythonText;
import java.util.List;
import java.util.OptionalDouble;

/**
 * The two scores on the first line of a pairwise review. Immutable.
 *
 * @param first score of the first answer, −1 if the review failed
 * @param second score of the second answer, −1 if the review failed
 * @param complaint what the original prints about a failed review, with line end; empty if the
 *     scores were read
 */
public record ReviewScores(double first, double second, String complaint) {
  /** Returns whether the scores could not be read. */
  public boolean failed() {
    return !complaint.isEmpty();
  }

  /**
   * Reads the scores: on the first line commas are blanks, and there must be exactly two numbers
   * with one blank between.
   */
  public static ReviewScores parse(String review) {
    String line = PythonText.split(review, '\n').get(0);
    List<String> pieces = PythonText.split(line.replace(',', ' '), ' ');
    String complaint = "error " + review + "\n";
    if (pieces.size() != 2) {
      return new ReviewScores(-1, -1, complaint);
    }
    double[] scores = new double[2];
    for (int i = 0; i < 2; i++) {
      OptionalDouble score = PythonNumbers.parse(pieces.get(i));
      if (score.isEmpty()) {
        String reason =
            "could not convert string to float: " + PythonText.quote(pieces.get(i)) + "\n";
        return new ReviewScores(-1, -1, reason + complaint);
      }
      scores[i] = score.getAsDouble();
    }
    return new ReviewScores(scores[0], scores[1], "");
  }
}
