package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.scienceqa.ScienceQaConversion;
import io.github.llavamed.eval.scienceqa.ScienceQaFormat;
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
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code convert-sqa}: ScienceQA problems as conversations or as instructions. */
@Command(
    name = "convert-sqa",
    description = "Converts a split of ScienceQA into conversations or instructions.",
    footer = {
      "",
      "Example:",
      "  llava-med convert-sqa convert_to_llava --base-dir ScienceQA/data/scienceqa --split test"
    })
final class ConvertSqaCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Parameters(
      paramLabel = "TASK",
      description =
          "convert_to_llava: llava_{split}_{format}.json; convert_to_jsonl:"
              + " scienceqa_{split}_{format}.jsonl.")
  private @Nullable String task;

  @Option(
      names = "--base-dir",
      required = true,
      paramLabel = "DIR",
      description = "The folder of pid_splits.json and problems.json, which gets the file.")
  private @Nullable Path baseDir;

  @Option(names = "--split", required = true, paramLabel = "NAME", description = "The split.")
  private @Nullable String split;

  @Option(
      names = "--prompt-format",
      paramLabel = "FORMAT",
      description = "Order of the parts; default: ${DEFAULT-VALUE}.")
  private String format = "QCM-LEPA";

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    String kind = Required.value(task, "TASK");
    boolean conversations = kind.equals("convert_to_llava");
    if (!conversations && !kind.equals("convert_to_jsonl")) {
      throw new ParameterException(
          command.commandLine(),
          "TASK: expected convert_to_llava or convert_to_jsonl, found '" + kind + "'");
    }
    Path folder = UserPath.of(Required.value(baseDir, "--base-dir"));
    String part = Required.value(split, "--split");
    ScienceQaConversion problems =
        ScienceQaConversion.read(
            folder, part, ScienceQaFormat.parse(format), EvaluationOptions.DEFAULT);
    String name =
        conversations
            ? "llava_%s_%s.json".formatted(part, format)
            : "scienceqa_%s_%s.jsonl".formatted(part, format);
    OutputFile.write(
        folder.resolve(name),
        file ->
            Files.writeString(file, conversations ? problems.conversations() : problems.lines()));
    command
        .commandLine()
        .getOut()
        .println(problems.size() + " problems written to " + folder.resolve(name));
    return 0;
  }
}
