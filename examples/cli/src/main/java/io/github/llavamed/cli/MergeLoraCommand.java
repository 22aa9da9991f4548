package io.github.llavamed.cli;

import io.github.llavamed.weights.LoraMerge;
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

/** {@code merge-lora}: a PEFT adapter into a checkpoint. */
@Command(
    name = "merge-lora",
    description = "Merges a LoRA adapter in PEFT's layout into a model.",
    footer = {
      "",
      "Example:",
      "  llava-med merge-lora --base llava-med-7b --adapter lora --target merged"
    })
final class MergeLoraCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ConversionOptions conversion = new ConversionOptions();

  @Option(
      names = {"--base", "--base-model-path"},
      required = true,
      paramLabel = "DIR",
      description = "The model.")
  private @Nullable Path base;

  @Option(
      names = {"--adapter", "--adapter-path"},
      required = true,
      paramLabel = "DIR",
      description = "The directory of adapter_config.json and the adapter weights.")
  private @Nullable Path adapter;

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
        LoraMerge.merge(
            Required.value(base, "--base"),
            Required.value(adapter, "--adapter"),
            Required.value(target, "--target"),
            conversion.builder(command).build());
    conversion.tell(report, command);
    return 0;
  }
}
