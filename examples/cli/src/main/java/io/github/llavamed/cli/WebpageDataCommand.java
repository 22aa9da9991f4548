package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.webpage.ReviewPage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code generate-webpage-data}: the data file of the page that shows reviews. */
@Command(
    name = "generate-webpage-data",
    description = "Makes the data file of the review page.",
    footer = {
      "",
      "Example:",
      "  llava-med generate-webpage-data --question table/question.jsonl --output data.json"
    })
final class WebpageDataCommand implements Callable<Integer> {
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Option(
      names = "--question",
      paramLabel = "FILE",
      description = "The questions; default: ${DEFAULT-VALUE}.")
  private Path question = Path.of("table/question.jsonl");

  @Option(
      names = "--vicuna-answers",
      paramLabel = "FILE",
      description = "The rival's answers; default: ${DEFAULT-VALUE}.")
  private Path vicuna = Path.of("table/answer/answer_vicuna-13b.jsonl");

  @Option(
      names = "--our-answers",
      paramLabel = "FILE",
      description = "The own answers; default: ${DEFAULT-VALUE}.")
  private Path ours = Path.of("table/results/llama-13b-hf-alpaca.jsonl");

  @Option(
      names = "--reviews",
      paramLabel = "FILE",
      description = "The reviews; default: ${DEFAULT-VALUE}.")
  private Path reviews = Path.of("table/review/review_vicuna-13b_llama-13b-hf-alpaca.jsonl");

  @Option(
      names = "--output",
      paramLabel = "FILE",
      description = "The data file; default: ${DEFAULT-VALUE}.")
  private Path output = Path.of("webpage/data.json");

  @Override
  public Integer call() throws IOException {
    String data =
        ReviewPage.data(
            new ReviewPage.Files(question, vicuna, ours, reviews), EvaluationOptions.DEFAULT);
    OutputFile.write(output, file -> Files.writeString(file, data));
    return 0;
  }
}
