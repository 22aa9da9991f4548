package io.github.llavamed.cli;

import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.report.BatchTarget;
import io.github.llavamed.eval.report.ReportText;
import io.github.llavamed.eval.report.RunEvalBatch;
import io.github.llavamed.metric.ScoreReport;
import io.github.llavamed.metric.ScoringProtocol;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run-eval-batch}: metrics of all answers files below a folder. */
@Command(
    name = "run-eval-batch",
    description = "Scores all files of answers below a folder.",
    footer = {
      "",
      "Beside the result file, which is the original's, FILE.provenance.json says of each line with"
          + " which protocol, data, model, settings and versions it was made.",
      "",
      "Example:",
      "  llava-med run-eval-batch --pred-file-parent-path out --dataset-root data"
    })
final class RunEvalBatchCommand implements Callable<Integer> {
  private static final String PATH_VQA = "llava-med-path-vqa";

  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ProtocolChoice scoring = new ProtocolChoice();

  @Option(
      names = "--pred-file-parent-path",
      paramLabel = "DIR",
      description = "The folder to search; default: ${DEFAULT-VALUE}.")
  private String predictions = "answer-file-llava-zeorshot.jsonl";

  @Option(
      names = "--target-test-type",
      paramLabel = "NAME",
      description = "End of the answers files' names; default: ${DEFAULT-VALUE}.")
  private String target = BatchTarget.DEFAULT;

  @Option(
      names = "--dataset-root",
      paramLabel = "DIR",
      description = "The folder of data_RAD, Slake1.0, pvqa …; default: this folder.")
  private Path datasetRoot = Path.of("");

  @Option(
      names = "--output-folder",
      paramLabel = "DIR",
      description = "The folder that gets the result file; default: this folder.")
  private Path outputFolder = Path.of("");

  @Option(
      names = {"--gt", "--pred", "--candidate"},
      hidden = true,
      description = "Without effect, as in the original.")
  private @Nullable String ignored;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Print one JSON object a file; the text goes to standard error.")
  private boolean json;

  @Option(
      names = "--score-file",
      paramLabel = "FILE",
      description =
          "Write the figures with protocol, hashes of data and model, generation settings,"
              + " versions and date, as JSON, one array.")
  private @Nullable Path scoreFile;

  @Override
  public Integer call() throws IOException {
    CommandLine line = Required.value(spec, "spec").commandLine();
    ScoringProtocol protocol = scoring.protocol("llava-med-v1");
    BatchTarget files =
        protocol.name().equals(PATH_VQA) && target.equals(BatchTarget.DEFAULT)
            ? BatchTarget.pathVqa()
            : BatchTarget.named(target);
    PrintWriter text = json ? line.getErr() : line.getOut();
    List<ScoreReport> reports =
        new RunEvalBatch(Evaluation.of(protocol), scoring.options(), Path.of(""), outputFolder)
            .run(new RunEvalBatch.Arguments(predictions, files, UserPath.of(datasetRoot)), text);
    if (scoreFile != null) {
      String all = String.join(",\n", reports.stream().map(ReportText::fullJson).toList());
      OutputFile.write(scoreFile, file -> Files.writeString(file, "[" + all + "]\n"));
    }
    if (json) {
      reports.forEach(report -> line.getOut().println(ReportText.summaryJson(report)));
    }
    return 0;
  }
}
