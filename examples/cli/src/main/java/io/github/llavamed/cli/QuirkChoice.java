package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Option;

/** The option that repairs oddities of the original evaluation programs. */
final class QuirkChoice {
  @Option(
      names = "--repair",
      split = ",",
      paramLabel = "QUIRK",
      description = "An oddity of the original to repair: ${COMPLETION-CANDIDATES}.")
  private List<EvaluationQuirk> repaired = new ArrayList<>();

  EvaluationOptions options() {
    return EvaluationOptions.DEFAULT.withQuirks(quirks());
  }

  EvaluationQuirks quirks() {
    EvaluationQuirks quirks = EvaluationQuirks.ORIGINAL;
    for (EvaluationQuirk quirk : repaired) {
      quirks = quirks.without(quirk);
    }
    return quirks;
  }
}
