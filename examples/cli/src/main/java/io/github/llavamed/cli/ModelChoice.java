package io.github.llavamed.cli;

import io.github.llavamed.LlavaMed;
import io.github.llavamed.LoadOptions;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.config.ConfigOptions;
import io.github.llavamed.config.LlavaConfigReader;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.demo.tour.DemoModel;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.model.VisionTowerSource;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that say which model runs, and on what. */
final class ModelChoice {
  @Option(
      names = {"--model", "--model-path", "--model-name"},
      paramLabel = "DIR",
      description =
          "A checkpoint directory: LLaVA-Med v1.0, v1.5, or Hugging Face LLaVA; default: the"
              + " embedded demo model, which knows phantoms alone.")
  private @Nullable String model;

  @Option(
      names = "--vision-tower",
      paramLabel = "SOURCE",
      description =
          "checkpoint: the tower stored in the checkpoint (default when it holds one); stock: the"
              + " one its configuration names; or a directory.")
  private @Nullable String visionTower;

  @Option(
      names = "--backend",
      paramLabel = "ID",
      description = "onnx-cpu, ...; default: the best that can run here (see 'doctor').")
  private @Nullable String backend;

  @Option(names = "--device", paramLabel = "NAME", description = "cpu, cuda:0, ...")
  private @Nullable String device;

  @Option(
      names = "--precision",
      paramLabel = "P",
      description =
          "fp32, fp16, bf16, int8, int8-blocks or int4; int8+int8-blocks and int8+int4 read prompts"
              + " with the first and make new tokens with the second, for the memory of both."
              + " Default: the backend's choice, which it says.")
  private @Nullable String precision;

  @Option(
      names = "--tower-precision",
      paramLabel = "P",
      description =
          "Number format of the vision tower beside a decoder in int8 or int4: fp32, int8, or auto"
              + " (default): int8 if its features of sample images are close to fp32, as is said.")
  private @Nullable String towerPrecision;

  @Option(
      names = "--weights",
      paramLabel = "WHERE",
      description =
          "packed: in memory, the fastest (default); mapped: in their files, which loads at once and"
              + " is slower, for few questions or several processes; fp32 and int8 of onnx-cpu.")
  private @Nullable String weights;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads; default: all cores.")
  private @Nullable Integer threads;

  @Option(
      names = "--cache-dir",
      paramLabel = "DIR",
      description = "Where made files such as exports are kept; default: the user's cache.")
  private @Nullable Path cacheDirectory;

  private @Nullable Path demoModel;

  VisionLanguageModel load(CommandSpec command) throws IOException {
    return load(command, device);
  }

  /** Loads onto another device than the one of the options; null for the backend's choice. */
  VisionLanguageModel load(CommandSpec command, @Nullable String onDevice) throws IOException {
    LoadOptions options = options(command, onDevice);
    return LlavaMed.load(directory(command), options);
  }

  /** Returns everything but the directory. */
  LoadOptions options(CommandSpec command) {
    return options(command, device);
  }

  private LoadOptions options(CommandSpec command, @Nullable String onDevice) {
    LoadOptions.Builder options =
        LoadOptions.builder()
            .backend(backend)
            .backendOptions(
                new BackendOptions(
                    precision(command),
                    onDevice,
                    checkedThreads(command),
                    cacheDirectory,
                    towerPrecision(command),
                    weights(command)));
    if (visionTower != null) {
      options.visionTower(VisionTowerSource.parse(visionTower));
    }
    return options.build();
  }

  /** Returns the model as it was typed, with the home directory in place of a tilde. */
  String name(CommandSpec command) throws IOException {
    return model == null ? directory(command).toString() : UserPath.expand(model);
  }

  /** Returns the layout of the checkpoint, from its configuration alone. */
  ModelFamily family(CommandSpec command) throws IOException {
    return LlavaConfigReader.family(directory(command), ConfigOptions.defaults());
  }

  @Nullable String device() {
    return device;
  }

  boolean hasModel() {
    return model != null;
  }

  boolean hasVisionTower() {
    return visionTower != null;
  }

  /** Returns the checkpoint's directory; without a choice that of the demo model, and says so. */
  Path directory(CommandSpec command) throws IOException {
    if (model != null) {
      return Path.of(UserPath.expand(model));
    }
    if (demoModel == null) {
      Path place = cacheDirectory == null ? DemoModel.defaultPlace() : cacheDirectory;
      demoModel = DemoModel.unpack(place);
      command
          .commandLine()
          .getErr()
          .println(
              "no --model: using the embedded demo model, a toy trained on phantoms, not a medical"
                  + " model");
    }
    return demoModel;
  }

  private @Nullable Precision precision(CommandSpec command) {
    return precision == null ? null : parsePrecision(precision, command);
  }

  private @Nullable Precision towerPrecision(CommandSpec command) {
    return parseTowerPrecision(towerPrecision, command);
  }

  private @Nullable WeightPlacement weights(CommandSpec command) {
    return weights == null
        ? null
        : WeightPlacement.byId(weights)
            .orElseThrow(
                () ->
                    new ParameterException(
                        command.commandLine(),
                        "--weights: expected packed or mapped, found '" + weights + "'"));
  }

  /** Returns the format of the vision tower, null for the backend's choice. */
  static @Nullable Precision parseTowerPrecision(@Nullable String text, CommandSpec command) {
    if (text == null || text.equalsIgnoreCase("auto")) {
      return null;
    }
    return Stream.of(Precision.FP32, Precision.INT8)
        .filter(value -> value.id().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(),
                    "--tower-precision: expected fp32, int8 or auto, found '" + text + "'"));
  }

  static Precision parsePrecision(String text, CommandSpec command) {
    return Precision.byId(text)
        .orElseThrow(
            () ->
                new ParameterException(
                    command.commandLine(),
                    "--precision: expected one of "
                        + Arrays.stream(Precision.values())
                            .map(Precision::id)
                            .collect(Collectors.joining(", "))
                        + ", found '"
                        + text
                        + "'"));
  }

  private @Nullable Integer checkedThreads(CommandSpec command) {
    if (threads != null && threads < 1) {
      throw new ParameterException(
          command.commandLine(), "--threads: expected 1 or more, found " + threads);
    }
    return threads;
  }
}
