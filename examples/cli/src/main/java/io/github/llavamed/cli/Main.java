package io.github.llavamed.cli;

import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.HelpCommand;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The program {@code llava-med}: parses the command line and runs one command. */
@Command(
    name = "llava-med",
    description =
        "LLaVA-Med on the JVM: answers about medical images. Research use only, not for"
            + " clinical use.",
    subcommands = {
      DemoCommand.class,
      AskCommand.class,
      ModelVqaCommand.class,
      ModelVqaMedCommand.class,
      ModelVqaScienceCommand.class,
      RunLlavaCommand.class,
      ModelQaCommand.class,
      MedDatasetsBatchCommand.class,
      SqaBatchCommand.class,
      RunEvalCommand.class,
      RunEvalBatchCommand.class,
      ChatScoreCommand.class,
      SummarizeReviewCommand.class,
      GptReviewCommand.class,
      GptReviewVisualCommand.class,
      QaBaselineCommand.class,
      EvalScienceQaCommand.class,
      EvalScienceQaGpt4Command.class,
      EvalScienceQaRequeryCommand.class,
      WebpageDataCommand.class,
      ReportCommand.class,
      PrepareCommand.class,
      ConvertSqaCommand.class,
      RemoveInstructionsCommand.class,
      TokenizeCommand.class,
      PreprocessCommand.class,
      TraceCommand.class,
      InspectCommand.class,
      ExportCommand.class,
      DoctorCommand.class,
      BenchCommand.class,
      BenchAccuracyCommand.class,
      TrainCommand.class,
      ApplyDeltaCommand.class,
      MakeDeltaCommand.class,
      ConsolidateCommand.class,
      ExtractMmProjectorCommand.class,
      MergeLoraCommand.class,
      HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND")
public final class Main implements Runnable {
  static final int FAILED = 1;
  static final int WRONG_USAGE = 2;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  private Main() {}

  /** Without a command: says so, and where to look. */
  @Override
  public void run() {
    throw new ParameterException(
        Required.value(spec, "spec").commandLine(), "expected a command, found none");
  }

  /** Runs one command and exits with its code: 0 done, 1 failed, 2 wrong usage. */
  public static void main(String[] args) {
    PrintWriter out = new PrintWriter(System.out, false, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    int code = run(List.of(args), out, err);
    out.flush();
    System.exit(code);
  }

  /** Runs one command against the given streams and returns its exit code. */
  static int run(List<String> args, PrintWriter out, PrintWriter err) {
    boolean verbose = args.contains("--verbose");
    List<String> normalized = OptionNames.normalize(args);
    CommandLine commandLine = new CommandLine(new Main());
    commandLine.setOut(out);
    commandLine.setErr(err);
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setUsageHelpWidth(100);
    commandLine.setExecutionExceptionHandler(
        (e, command, parsed) -> {
          out.flush();
          err.println("error: " + FailureMessage.of(e));
          if (verbose) {
            e.printStackTrace(err);
          }
          return FAILED;
        });
    commandLine.setParameterExceptionHandler(
        (e, arguments) -> {
          String command = e.getCommandLine().getCommandSpec().qualifiedName();
          err.println("error: " + e.getMessage() + "; see '" + command + " --help'");
          return WRONG_USAGE;
        });
    int code = commandLine.execute(normalized.toArray(new String[0]));
    out.flush();
    return code;
  }
}
