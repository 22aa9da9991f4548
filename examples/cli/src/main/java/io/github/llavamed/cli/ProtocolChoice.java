package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationCatalog;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.metric.ScoringProtocol;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
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

  @Mixin private final QuirkChoice repairs = new QuirkChoice();

  EvaluationOptions options() {
    return repairs.options();
  }

  ScoringProtocol protocol(String original) {
    String name = protocol == null ? original : protocol;
    EvaluationQuirks quirks = repairs.quirks();
    return switch (name) {
      case "llava-med-v1" -> ScoringProtocols.llavaMedV1(quirks);
      case "llava-med-run-eval" -> ScoringProtocols.llavaMedRunEval(quirks);
      case "before-fix-35" -> ScoringProtocols.beforeFix35(quirks);
      case "llava-med-path-vqa" -> ScoringProtocols.pathVqa(quirks);
      default -> EvaluationCatalog.load().protocol(name);
    };
  }
}
