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

/** {@code apply-delta}: base and delta to a model. */
@Command(
    name = "apply-delta",
    description = "Adds delta weights to a base model, as the original's apply_delta does.",
    footer = {
      "",
      "Example:",
      "  llava-med apply-delta --base llama-7b --delta llava-med-7b-delta --target llava-med-7b"
    })
final class ApplyDeltaCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ConversionOptions conversion = new ConversionOptions();

  @Option(
      names = {"--base", "--base-model-path"},
      required = true,
      paramLabel = "DIR",
      description = "The base model, for the published deltas LLaMA-7B in the Hugging Face layout.")
  private @Nullable Path base;

  @Option(
      names = {"--delta", "--delta-path"},
      required = true,
      paramLabel = "DIR",
      description = "The delta.")
  private @Nullable Path delta;

  @Option(
      names = {"--target", "--target-model-path"},
      required = true,
      paramLabel = "DIR",
      description = "The directory to write.")
  private @Nullable Path target;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    WeightsReport report =
        DeltaWeights.apply(
            Required.value(base, "--base"),
            Required.value(delta, "--delta"),
            Required.value(target, "--target"),
            conversion.builder(command).build());
    conversion.tell(report, command);
    return 0;
  }
}
