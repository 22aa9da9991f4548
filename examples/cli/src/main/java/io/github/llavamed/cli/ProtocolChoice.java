package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationCatalog;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.metric.ScoringProtocol;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that say how answers are scored. */
final class ProtocolChoice {
  @Option(
      names = "--protocol",
      paramLabel = "NAME",
      description =
          "llava-med-v1, llava-med-run-eval, before-fix-35, llava-med-path-vqa, strict, or one on"
              + " the class path; default: the original program's.")
  private @Nullable String protocol;

  @Option(
      names = "--repair",
      split = ",",
      paramLabel = "QUIRK",
      description = "An oddity of the original to repair: ${COMPLETION-CANDIDATES}.")
  private List<EvaluationQuirk> repaired = new ArrayList<>();

  EvaluationOptions options() {
    return EvaluationOptions.DEFAULT.withQuirks(quirks());
  }

  private EvaluationQuirks quirks() {
    EvaluationQuirks quirks = EvaluationQuirks.ORIGINAL;
    for (EvaluationQuirk quirk : repaired) {
      quirks = quirks.without(quirk);
    }
    return quirks;
  }

  ScoringProtocol protocol(String original) {
    String name = protocol == null ? original : protocol;
    return switch (name) {
      case "llava-med-v1" -> ScoringProtocols.llavaMedV1(quirks());
      case "llava-med-run-eval" -> ScoringProtocols.llavaMedRunEval(quirks());
      case "before-fix-35" -> ScoringProtocols.beforeFix35(quirks());
      case "llava-med-path-vqa" -> ScoringProtocols.pathVqa(quirks());
      default -> EvaluationCatalog.load().protocol(name);
    };
  }
}
