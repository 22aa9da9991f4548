package io.github.llavamed.cli;

import io.github.llavamed.eval.report.RunReport;
import io.github.llavamed.eval.statistics.BootstrapConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code report}: figures, charts, examples and published figures as Markdown and HTML. */
@Command(
    name = "report",
    description =
        "Writes report.md and report.html about one run or two; prints the rows of the original's"
            + " notebook for a result file of run-eval-batch.",
    footer = {
      "",
      "Example:",
      "  llava-med report --gt data_RAD/test.json --pred out/test-answer-file.jsonl \\",
      "      --image-folder data_RAD/images --output report"
    })
final class ReportCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ReportRuns runs = new ReportRuns();
  @Mixin private final NotebookRows notebook = new NotebookRows();

  @Option(
      names = "--image-folder",
      paramLabel = "DIR",
      description = "The folder of the questions' images; default: examples without images.")
  private @Nullable Path imageFolder;

  @Option(
      names = "--examples",
      paramLabel = "N",
      description = "Examples of each kind; default: ${DEFAULT-VALUE}.")
  private int examples = 4;

  @Option(names = "--title", paramLabel = "TEXT", description = "Title; default: ${DEFAULT-VALUE}.")
  private String title = "LLaVA-Med evaluation";

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the bootstrap; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description = "The folder of both files; default: none where only rows are printed.")
  private @Nullable Path output;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    if (!runs.isGiven() && !notebook.isGiven()) {
      throw wrong(command, "expected --pred with --gt, --scores-file, or --results, found none");
    }
    if (output == null && !notebook.isGiven()) {
      throw wrong(command, "expected --output DIR, found none");
    }
    if (examples < 0) {
      throw wrong(command, "--examples: expected 0 or more, found " + examples);
    }
    BootstrapConfig bootstrap = BootstrapConfig.DEFAULT.withSeed(seed);
    RunReport.Builder builder =
        RunReport.builder(title).examples(examples).images(imageFolder).bootstrap(bootstrap);
    notebook.print(builder, command.commandLine().getOut());
    if (output != null) {
      runs.addTo(builder, command, bootstrap);
      write(builder.build(), output);
      command.commandLine().getErr().println("report written to " + output.resolve("report.html"));
    }
    return 0;
  }

  private static void write(RunReport report, Path directory) throws IOException {
    OutputFile.write(
        directory.resolve("report.md"), file -> Files.writeString(file, report.markdown()));
    OutputFile.write(
        directory.resolve("report.html"), file -> Files.writeString(file, report.html()));
  }

  private static ParameterException wrong(CommandSpec command, String message) {
    return new ParameterException(command.commandLine(), message);
  }
}
