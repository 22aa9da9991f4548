package io.github.llavamed.eval.scienceqa;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.PythonNumbers;

/** Prints counts with their share of a total, as the original programs do. */
final class Shares {
  private Shares() {}

  static double percent(int count, int total) {
    if (total == 0) {
      throw new EvaluationException(
          "ScienceQA: expected at least one answered problem, found none; check split and files",
          "division by zero",
          null);
    }
    return (double) count / total * 100;
  }

  static String line(String name, int count, int total, String share) {
    return "Total: %d, %s: %d, %s: %s%%\n"
        .formatted(total, name, count, share, PythonNumbers.fixed(percent(count, total), 2));
  }
}
