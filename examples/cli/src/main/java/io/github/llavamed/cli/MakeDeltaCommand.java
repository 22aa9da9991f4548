package io.github.llavamed.cli;

import io.github.llavamed.weights.DeltaWeights;
import io.github.llavamed.weights.WeightsReport;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code make-delta}: base and model to a delta. */
@Command(
    name = "make-delta",
    description = "Subtracts a base model from a model, as the original's make_delta does.",
    footer = {
      "",
      "Example:",
      "  llava-med make-delta --base llama-7b --target llava-med-7b --delta delta"
    })
final class MakeDeltaCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ConversionOptions conversion = new ConversionOptions();

  @Option(
      names = {"--base", "--base-model-path"},
      required = true,
      paramLabel = "DIR",
      description = "The base model.")
  private @Nullable Path base;

  @Option(
      names = {"--target", "--target-model-path"},
      required = true,
      paramLabel = "DIR",
      description = "The model.")
  private @Nullable Path target;

  @Option(
      names = {"--delta", "--delta-path"},
      required = true,
      paramLabel = "DIR",
      description = "The directory to write.")
  private @Nullable Path delta;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    WeightsReport report =
        DeltaWeights.make(
            Required.value(base, "--base"),
            Required.value(target, "--target"),
            Required.value(delta, "--delta"),
            conversion.builder(command).build());
    conversion.tell(report, command);
    return 0;
  }
}
