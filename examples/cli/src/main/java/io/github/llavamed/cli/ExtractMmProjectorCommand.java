package io.github.llavamed.cli;

import io.github.llavamed.weights.EmbeddingRows;
import io.github.llavamed.weights.ProjectorExtraction;
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

/** {@code extract-mm-projector}: the projector and the embedding as one file. */
@Command(
    name = "extract-mm-projector",
    description = "Writes projector and token embedding of a model into one file.",
    footer = {
      "",
      "Example:",
      "  llava-med extract-mm-projector --model llava-7b --output mm_projector.bin"
    })
final class ExtractMmProjectorCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ConversionOptions conversion = new ConversionOptions();

  @Option(
      names = {"--model", "--model-path", "--model-name-or-path"},
      required = true,
      paramLabel = "DIR",
      description = "The model.")
  private @Nullable Path model;

  @Option(
      names = {"--output"},
      required = true,
      paramLabel = "FILE",
      description = "The file to write, .bin or .safetensors.")
  private @Nullable Path output;

  @Option(
      names = "--markers-only",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Write only the embedding's last two rows, those of the markers.")
  private boolean markersOnly;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    WeightsReport report =
        ProjectorExtraction.extract(
            Required.value(model, "--model"),
            Required.value(output, "--output"),
            markersOnly ? EmbeddingRows.MARKERS : EmbeddingRows.ALL,
            conversion.builder(command).build());
    conversion.tell(report, command);
    return 0;
  }
}
