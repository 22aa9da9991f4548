package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.dataset.CaptionData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code remove-instructions}: captioning data of instruction data. */
@Command(
    name = "remove-instructions",
    description = "Replaces the first human turn of each conversation by <image>.",
    footer = {
      "",
      "Example:",
      "  llava-med remove-instructions --in-file alignment.json --out-file captions.json"
    })
final class RemoveInstructionsCommand implements Callable<Integer> {
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Option(
      names = "--in-file",
      required = true,
      paramLabel = "FILE",
      description = "Conversations, a JSON array.")
  private @Nullable Path input;

  @Option(names = "--out-file", required = true, paramLabel = "FILE", description = "The result.")
  private @Nullable Path output;

  @Override
  public Integer call() throws IOException {
    String text =
        CaptionData.withoutInstructions(
            UserPath.of(Required.value(input, "--in-file")), EvaluationOptions.DEFAULT);
    OutputFile.write(
        UserPath.of(Required.value(output, "--out-file")), file -> Files.writeString(file, text));
    return 0;
  }
}
