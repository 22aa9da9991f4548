package io.github.llavamed.cli;

import io.github.llavamed.cli.bench.Accuracy;
import io.github.llavamed.cli.bench.AccuracyRun;
import io.github.llavamed.cli.bench.TemporaryDirectory;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code bench-accuracy}: how far int8 and int4 are from float32 on a real decoder. */
@Command(
    name = "bench-accuracy",
    description =
        "Compares int8 and int4 with float32 on six texts, with a real decoder of the LLaMA"
            + " architecture from a GGUF file (F32, Q8_0, Q4_1).",
    footer = {
      "",
      "Example (examples/cli/bench/real-decoder-accuracy.sh fetches the file):",
      "  llava-med bench-accuracy --gguf SmolLM2-135M-Instruct.Q4_1.gguf"
    })
final class BenchAccuracyCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Option(
      names = "--gguf",
      paramLabel = "FILE",
      required = true,
      description = "The decoder; its values, widened to float32, are what is compared with.")
  private @Nullable Path gguf;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Worker threads; default: all cores.")
  private @Nullable Integer threads;

  @Option(
      names = "--work-dir",
      paramLabel = "DIR",
      description =
          "Where the checkpoint and its exports are made and removed again. Default: the temporary"
              + " directory.")
  private @Nullable Path workDirectory;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    int workers = threads == null ? Runtime.getRuntime().availableProcessors() : threads;
    if (workers < 1) {
      throw new ParameterException(
          command.commandLine(), "--threads: expected 1 or more, found " + workers);
    }
    Path parent =
        workDirectory == null ? Path.of(System.getProperty("java.io.tmpdir")) : workDirectory;
    try (TemporaryDirectory temporary =
        TemporaryDirectory.in(parent, "llava-med-bench-accuracy-")) {
      AccuracyRun.Result result =
          new AccuracyRun(
                  temporary.path(),
                  workers,
                  line -> command.commandLine().getErr().println("bench-accuracy: " + line))
              .run(Required.value(gguf, "--gguf"));
      print(command.commandLine().getOut(), result);
    }
    return 0;
  }

  private static void print(PrintWriter out, AccuracyRun.Result result) {
    out.print(
        format(
            "%d predicted tokens, perplexity in float32 %.2f; n/m channels in float: the outliers"
                + " of each product's inputs, and of the one behind the gated MLP%n%n",
            result.positions(), result.perplexity()));
    out.print(
        format("%-50s %9s %10s %16s%n", "scheme", "mean KL", "same next", "perplexity ratio"));
    for (Accuracy scheme : result.schemes()) {
      out.print(
          format(
              "%-50s %9.4f %10.3f %16.3f%n",
              scheme.scheme(), scheme.divergence(), scheme.sameToken(), scheme.perplexityRatio()));
    }
    out.flush();
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
