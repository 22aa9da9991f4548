package io.github.llavamed.cli;

import io.github.llavamed.weights.TensorAction;
import io.github.llavamed.weights.TensorOutcome;
import io.github.llavamed.weights.WeightsReport;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/** Tells what a weight tool wrote: the place on standard output, the rest on standard error. */
final class WeightsSummary {
  private WeightsSummary() {}

  static void print(WeightsReport report, PrintWriter out, PrintWriter err) {
    for (TensorAction action : TensorAction.values()) {
      List<TensorOutcome> tensors = report.tensors(action);
      if (!tensors.isEmpty()) {
        err.println(
            tensors.size()
                + " tensor(s) "
                + action.name().toLowerCase(Locale.ROOT).replace('_', ' '));
      }
    }
    report.notFinite().forEach(tensor -> err.println("warning: not finite: " + tensor));
    report.notes().forEach(err::println);
    if (report.verified()) {
      err.println("verified: every tensor was read again");
    }
    out.println(report.output());
  }
}
