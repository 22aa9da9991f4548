package io.github.llavamed.cli;

import io.github.llavamed.weights.Consolidation;
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

/** {@code consolidate}: a training output to a compact checkpoint. */
@Command(
    name = "consolidate",
    description = "Writes a float16 copy of a model without the trainer's files.",
    footer = {"", "Example:", "  llava-med consolidate --src output --dst llava-med-7b"})
final class ConsolidateCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ConversionOptions conversion = new ConversionOptions();

  @Option(
      names = {"--src"},
      required = true,
      paramLabel = "DIR",
      description = "The model.")
  private @Nullable Path src;

  @Option(
      names = {"--dst"},
      required = true,
      paramLabel = "DIR",
      description = "The directory to write.")
  private @Nullable Path dst;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    WeightsReport report =
        Consolidation.consolidate(
            Required.value(src, "--src"),
            Required.value(dst, "--dst"),
            conversion.builder(command).build());
    conversion.tell(report, command);
    return 0;
  }
}
