package io.github.llavamed.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code eval-science-qa}: accuracy of one model's ScienceQA answers. */
@Command(
    name = "eval-science-qa",
    description = "Scores ScienceQA answers.",
    footer = {
      "",
      "Example:",
      "  llava-med eval-science-qa --base-dir ScienceQA/data/scienceqa \\",
      "      --result-file answers.jsonl --output-file out.json --output-result result.json"
    })
final class EvalScienceQaCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ScienceQaOptions scienceQa = new ScienceQaOptions();

  @Option(
      names = "--result-file",
      required = true,
      paramLabel = "FILE",
      description = "The answers, JSON lines.")
  private @Nullable Path resultFile;

  @Option(
      names = "--output-file",
      required = true,
      paramLabel = "FILE",
      description = "Gets right and wrong answers.")
  private @Nullable Path outputFile;

  @Option(
      names = "--output-result",
      required = true,
      paramLabel = "FILE",
      description = "Gets accuracy, indices and texts.")
  private @Nullable Path outputResult;

  @Override
  public Integer call() throws IOException {
    ScienceQaScoring.run(
        scienceQa.baseDir(),
        scienceQa.split(),
        Required.value(resultFile, "--result-file"),
        Required.value(outputFile, "--output-file"),
        Required.value(outputResult, "--output-result"),
        scienceQa.letters(),
        scienceQa.options(),
        Required.value(spec, "spec").commandLine().getOut());
    return 0;
  }
}
