package io.github.llavamed.cli;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import io.github.llavamed.model.VisionTowerSource;
import io.github.llavamed.onnx.export.OnnxExport;
import io.github.llavamed.onnx.export.OnnxExportConfig;
import io.github.llavamed.onnx.export.OnnxExporter;
import io.github.llavamed.onnx.quantization.TowerRounding;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code export}: the ONNX files that the backend would otherwise make on first load. */
@Command(
    name = "export",
    description =
        "Writes a model's ONNX graphs and their manifest below a directory; a sound export that is"
            + " there already is kept.",
    footer = {
      "",
      "Example:",
      "  llava-med export --model llava-med-v1.5-mistral-7b --precision fp32 --output exports"
    })
final class ExportCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Option(
      names = {"--model", "--model-path", "--model-name"},
      required = true,
      paramLabel = "DIR",
      description = "The checkpoint directory.")
  private @Nullable Path model;

  @Option(
      names = "--vision-tower",
      paramLabel = "SOURCE",
      description = "checkpoint, stock, or a directory; default: the stored tower if complete.")
  private @Nullable String visionTower;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description = "Number format; default: ${DEFAULT-VALUE}.")
  private String precision = "fp32";

  @Option(
      names = "--tower-precision",
      paramLabel = "P",
      description =
          "Number format of the vision tower beside a decoder in int8 or int4: fp32, int8, or auto"
              + " (default), which measures.")
  private @Nullable String towerPrecision;

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "The directory below which the export gets its own directory.")
  private @Nullable Path output;

  private static TowerRounding rounding(@Nullable Precision tower) {
    if (tower == null) {
      return TowerRounding.IF_CLOSE;
    }
    return tower == Precision.INT8 ? TowerRounding.ALWAYS : TowerRounding.NEVER;
  }

  @Override
  public Integer call() throws IOException {
    LoadOptions options = LoadOptions.defaults();
    if (visionTower != null) {
      options = options.withVisionTower(VisionTowerSource.parse(visionTower));
    }
    CommandSpec command = Required.value(spec, "spec");
    Precision format = ModelChoice.parsePrecision(precision, command);
    Precision tower = ModelChoice.parseTowerPrecision(towerPrecision, command);
    OnnxExporter exporter =
        new OnnxExporter(new OnnxExportConfig(format, true).withTower(rounding(tower)));
    try (LoadedModel loaded = ModelLoader.load(Required.value(model, "--model"), options)) {
      OnnxExport export = exporter.export(loaded.artifacts(), Required.value(output, "--output"));
      command.commandLine().getOut().println(export.directory());
    }
    return 0;
  }
}
