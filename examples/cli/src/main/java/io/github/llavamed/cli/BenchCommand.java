package io.github.llavamed.cli;

import io.github.llavamed.LlavaMed;
import io.github.llavamed.LoadOptions;
import io.github.llavamed.cli.bench.BenchResult;
import io.github.llavamed.cli.bench.BenchRun;
import io.github.llavamed.cli.bench.BenchSettings;
import io.github.llavamed.cli.bench.BenchShape;
import io.github.llavamed.cli.bench.RandomCheckpoint;
import io.github.llavamed.cli.bench.TemporaryDirectory;
import io.github.llavamed.inference.BackendOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench}: how fast a model, or a random one of a known shape, runs here. */
@Command(
    name = "bench",
    description =
        "Measures prompt and answer tokens per second, image encoding, time to first token, load"
            + " time and memory, beside the machine's own limits.",
    footer = {
      "",
      "Example:",
      "  llava-med bench --shape v1.5-7b --layers 4 --precision int8 --threads 2"
    })
final class BenchCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ModelChoice modelChoice = new ModelChoice();

  @Option(
      names = "--shape",
      paramLabel = "SHAPE",
      description =
          "Instead of --model, a temporary checkpoint with random weights: v1.5-7b, v1.0-7b, tiny"
              + " or tiny-v1.0.")
  private @Nullable String shape;

  @Option(
      names = "--layers",
      paramLabel = "N",
      description =
          "Decoder layers of the random checkpoint; figures for all of them are then extrapolated"
              + " as well. Default: all.")
  private @Nullable Integer layers;

  @Option(
      names = "--prompt-tokens",
      paramLabel = "N",
      description = "Positions of the prompt, an image's included. Default: ${DEFAULT-VALUE}.")
  private int promptTokens = 616;

  @Option(
      names = "--new-tokens",
      paramLabel = "N",
      description = "Tokens decoded one at a time after the prompt. Default: ${DEFAULT-VALUE}.")
  private int newTokens = 16;

  @Option(
      names = "--repeats",
      paramLabel = "N",
      description = "Measured repeats, after one that does not count. Default: ${DEFAULT-VALUE}.")
  private int repeats = 5;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description = "Where the random checkpoint is made. Default: the temporary directory.")
  private @Nullable Path workDirectory;

  @Option(
      names = "--keep",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Keep the random checkpoint and say where it is.")
  private boolean keep;

  @Option(
      names = "--json",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Print one JSON object instead of a table.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    BenchSettings settings = settings();
    LoadOptions options = modelChoice.options(command);
    if (shape == null) {
      requireNoShapeOptions();
      Path directory = modelChoice.directory(command);
      BenchResult result = new BenchRun(options, settings, this::progress).run(directory, null);
      print(directory.toString(), false, settings, result);
    } else {
      requireNoModelOptions();
      measure(parseShape(shape), settings, options);
    }
    return 0;
  }

  private void measure(BenchShape chosen, BenchSettings settings, LoadOptions options)
      throws IOException {
    int count = layers(chosen);
    Path parent =
        workDirectory == null ? Path.of(System.getProperty("java.io.tmpdir")) : workDirectory;
    try (TemporaryDirectory temporary = TemporaryDirectory.in(parent, "llava-med-bench-")) {
      Path checkpoint = temporary.path().resolve("checkpoint");
      progress(
          "writing %d MiB of random weights to %s"
              .formatted(RandomCheckpoint.bytes(chosen, count) >> 20, checkpoint));
      RandomCheckpoint.write(chosen, count, checkpoint);
      if (keep) {
        temporary.keep();
        progress("kept: " + checkpoint);
      }
      BackendOptions asked = options.backendOptions();
      // Files made of random weights are of no use to anyone, so they go with the checkpoint.
      Path cache =
          asked.cacheDirectory() == null
              ? temporary.path().resolve("exports")
              : asked.cacheDirectory();
      LoadOptions here =
          options.toBuilder().backendOptions(asked.withCacheDirectory(cache)).build();
      BenchResult result =
          new BenchRun(here, settings, this::progress).run(checkpoint, chosen.trueLayers());
      print(chosen.id(), true, settings, result);
    }
  }

  private void print(String source, boolean isRandom, BenchSettings settings, BenchResult result) {
    PrintWriter out = Required.value(spec, "spec").commandLine().getOut();
    out.print(
        json
            ? JsonText.pretty(BenchJson.of(source, isRandom, settings, result, LlavaMed.diagnose()))
                + "\n"
            : BenchText.of(
                source + (isRandom ? " with random weights" : ""),
                settings,
                result,
                LlavaMed.diagnose()));
  }

  private void progress(String line) {
    Required.value(spec, "spec").commandLine().getErr().println("bench: " + line);
  }

  private BenchSettings settings() {
    try {
      return new BenchSettings(promptTokens, newTokens, repeats);
    } catch (IllegalArgumentException e) {
      throw wrongUsage(e.getMessage());
    }
  }

  private BenchShape parseShape(String text) {
    return Arrays.stream(BenchShape.values())
        .filter(known -> known.id().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(
            () ->
                wrongUsage(
                    "--shape: expected one of "
                        + Arrays.stream(BenchShape.values())
                            .map(BenchShape::id)
                            .collect(Collectors.joining(", "))
                        + ", found '"
                        + text
                        + "'"));
  }

  private int layers(BenchShape chosen) {
    if (layers == null) {
      return chosen.trueLayers();
    }
    if (layers < 1 || layers > chosen.trueLayers()) {
      throw wrongUsage(
          "--layers: expected 1 to %d for %s, found %d"
              .formatted(chosen.trueLayers(), chosen.id(), layers));
    }
    return layers;
  }

  private void requireNoShapeOptions() {
    if (!modelChoice.hasModel()) {
      throw wrongUsage("expected --model DIR or --shape SHAPE, found neither");
    }
    if (layers != null || keep || workDirectory != null) {
      throw wrongUsage("--layers, --work-dir and --keep go with --shape, found --model");
    }
  }

  private void requireNoModelOptions() {
    if (modelChoice.hasModel() || modelChoice.hasVisionTower()) {
      throw wrongUsage("--model and --vision-tower do not go with --shape, which makes its own");
    }
  }

  private ParameterException wrongUsage(@Nullable String message) {
    return new ParameterException(Required.value(spec, "spec").commandLine(), message);
  }
}
