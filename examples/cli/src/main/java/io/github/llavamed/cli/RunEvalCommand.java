package io.github.llavamed.cli;

import io.github.llavamed.eval.report.ReportText;
import io.github.llavamed.eval.report.RunEval;
import io.github.llavamed.metric.ScoreReport;
import io.github.llavamed.metric.ScoringProtocol;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run-eval}: metrics of one answers file. */
@Command(
    name = "run-eval",
    description = "Scores one file of answers to medical VQA questions.",
    footer = {
      "",
      "Example:",
      "  llava-med run-eval --gt data_RAD/test.json \\",
      "      --candidate data_RAD/train_open_answers.json --pred out/test-answer-file.jsonl"
    })
final class RunEvalCommand implements Callable<Integer> {
  private static final String DEFAULT_CANDIDATES = "candidate.json";

  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ProtocolChoice scoring = new ProtocolChoice();

  @Option(
      names = "--gt",
      paramLabel = "FILE",
      description = "The questions with references; default: ${DEFAULT-VALUE}.")
  private String gt = "test.json";

  @Option(
      names = "--candidate",
      paramLabel = "FILE",
      description = "Candidate answers; default, where the protocol needs some: candidate.json.")
  private @Nullable String candidate;

  @Option(
      names = "--pred",
      paramLabel = "FILE",
      description = "The answers; default: ${DEFAULT-VALUE}.")
  private String pred = "answer-file-llava-zeorshot.jsonl";

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Print one JSON object with unrounded percentages instead of the table.")
  private boolean json;

  @Option(
      names = "--score-file",
      paramLabel = "FILE",
      description =
          "Write the figures with protocol, hashes of data and model, generation settings,"
              + " versions and date, as JSON.")
  private @Nullable Path scoreFile;

  @Override
  public Integer call() throws IOException {
    PrintWriter out = Required.value(spec, "spec").commandLine().getOut();
    ScoringProtocol protocol = scoring.protocol("llava-med-run-eval");
    RunEval program = new RunEval(protocol, scoring.options());
    Appendable text = json ? new StringBuilder() : out;
    ScoreReport report = program.run(new RunEval.Arguments(gt, candidates(protocol), pred), text);
    if (scoreFile != null) {
      OutputFile.write(
          scoreFile, file -> Files.writeString(file, ReportText.fullJson(report) + "\n"));
    }
    if (json) {
      out.println(ReportText.summaryJson(report));
    }
    return 0;
  }

  private @Nullable String candidates(ScoringProtocol protocol) {
    boolean needed = protocol.metrics().stream().anyMatch(m -> m.metric().needsCandidates());
    return candidate == null && needed ? DEFAULT_CANDIDATES : candidate;
  }
}
