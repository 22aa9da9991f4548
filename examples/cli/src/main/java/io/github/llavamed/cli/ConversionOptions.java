package io.github.llavamed.cli;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.weights.WeightsFormat;
import io.github.llavamed.weights.WeightsOptions;
import io.github.llavamed.weights.WeightsReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options that the weight tools share. */
final class ConversionOptions {
  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      description = "float16, bfloat16 or float32; default: what the original writes.")
  private @Nullable String dtype;

  @Option(
      names = "--format",
      paramLabel = "NAME",
      description = "safetensors or bin; default: ${DEFAULT-VALUE}.")
  private String format = "safetensors";

  @Option(
      names = "--keep-inv-freq",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Write rotary frequencies where the inputs have them.")
  private boolean keepInvFreq;

  @Option(
      names = "--upgrade-config",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Write an upgraded configuration for an input with an old one.")
  private boolean upgradeConfig;

  @Option(
      names = "--verify",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Read the written tensors again and compare their checksums.")
  private boolean verify;

  @Option(
      names = "--overwrite",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Replace an output that exists.")
  private boolean overwrite;

  @Option(names = "--no-progress", description = "Do not show how far the run has come.")
  private boolean noProgress;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Write every tensor with what was done, its type, shape and counts of NaN and infinity,"
              + " as JSON.")
  private @Nullable Path report;

  /** Prints what was written, and writes the report that was asked for. */
  void tell(WeightsReport written, CommandSpec command) throws IOException {
    if (report != null) {
      OutputFile.write(
          report, file -> Files.writeString(file, WeightsSummary.json(written) + "\n"));
    }
    WeightsSummary.print(written, command.commandLine().getOut(), command.commandLine().getErr());
  }

  WeightsOptions.Builder builder(CommandSpec command) {
    PrintWriter err = command.commandLine().getErr();
    WeightsOptions.Builder builder =
        WeightsOptions.builder()
            .dtype(dtype(command))
            .format(format(command))
            .keepInvFreq(keepInvFreq)
            .upgradeConfig(upgradeConfig)
            .verify(verify)
            .overwrite(overwrite);
    return noProgress ? builder : builder.listener(new ByteProgress(err));
  }

  private @Nullable DType dtype(CommandSpec command) {
    if (dtype == null) {
      return null;
    }
    return switch (dtype.toLowerCase(Locale.ROOT)) {
      case "float16", "fp16", "f16" -> DType.F16;
      case "bfloat16", "bf16" -> DType.BF16;
      case "float32", "fp32", "f32" -> DType.F32;
      default ->
          throw new ParameterException(
              command.commandLine(),
              "--dtype: expected float16, bfloat16 or float32, found '" + dtype + "'");
    };
  }

  private WeightsFormat format(CommandSpec command) {
    return switch (format) {
      case "safetensors" -> WeightsFormat.SAFETENSORS;
      case "bin" -> WeightsFormat.TORCH;
      default ->
          throw new ParameterException(
              command.commandLine(),
              "--format: expected safetensors or bin, found '" + format + "'");
    };
  }
}
