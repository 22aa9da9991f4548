package io.github.llavamed.cli;

import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.ModelInspection;
import io.github.llavamed.model.VisionTowerSource;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code inspect}: what a checkpoint directory holds and whether it would load. */
@Command(
    name = "inspect",
    description = "Shows family, configuration, tensors, added tokens, vision tower and problems.",
    footer = {"", "Example:", "  llava-med inspect llava-med-v1.5-mistral-7b"})
final class InspectCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Parameters(paramLabel = "DIR", description = "The checkpoint directory.")
  private @Nullable Path directory;

  @Option(
      names = "--vision-tower",
      paramLabel = "SOURCE",
      description = "checkpoint, stock, or a directory; default: the stored tower if complete.")
  private @Nullable String visionTower;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Print one JSON object.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    LoadOptions options = LoadOptions.defaults();
    if (visionTower != null) {
      options = options.withVisionTower(VisionTowerSource.parse(visionTower));
    }
    ModelInspection inspection = ModelInspection.of(Required.value(directory, "DIR"), options);
    PrintWriter out = Required.value(spec, "spec").commandLine().getOut();
    if (json) {
      out.println(JsonText.pretty(InspectionJson.of(inspection)));
    } else {
      out.print(InspectionText.of(inspection));
    }
    return 0;
  }
}
