package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.dataset.DatasetSource;
import io.github.llavamed.eval.notebook.DatasetCounts;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code prepare}: a public medical VQA data set as the original's question files. */
@Command(
    name = "prepare",
    description = "Converts a public medical VQA data set into question files.",
    footer = {"", "Example:", "  llava-med prepare vqa-rad --input VQA-RAD --output data/data_RAD"})
final class PrepareCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Parameters(paramLabel = "DATASET", description = "vqa-rad, slake or pathvqa.")
  private @Nullable String dataset;

  @Option(
      names = "--input",
      required = true,
      paramLabel = "DIR",
      description = "The folder of the files as published.")
  private @Nullable Path input;

  @Option(
      names = "--output",
      paramLabel = "DIR",
      description =
          "The folder to write; default: data_RAD, Slake1.0 or pvqa, as the scorers know.")
  private @Nullable Path output;

  @Override
  public Integer call() throws IOException {
    DatasetSource source = DatasetSource.named(Required.value(dataset, "DATASET"));
    Path folder = output == null ? Path.of(source.folder()) : UserPath.of(output);
    EvaluationOptions options = EvaluationOptions.DEFAULT;
    source.prepare(UserPath.of(Required.value(input, "--input")), folder, options);
    PrintWriter out = Required.value(spec, "spec").commandLine().getOut();
    Path absolute = folder.toAbsolutePath().normalize();
    String name = Required.value(absolute.getFileName(), "folder name").toString();
    DatasetCounts.read(
            Required.value(absolute.getParent(), "parent folder"), List.of(name), options)
        .forEach(count -> out.print(count.text()));
    return 0;
  }
}
