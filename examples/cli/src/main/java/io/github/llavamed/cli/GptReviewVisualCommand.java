package io.github.llavamed.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code eval-gpt-review-visual}: the same, told of captions and boxes of the image. */
@Command(
    name = "eval-gpt-review-visual",
    description = "Has a judge compare two models' answers, with captions and boxes of the image.",
    footer = {
      "",
      "Example:",
      "  llava-med eval-gpt-review-visual -q question.jsonl -c caps_boxes.jsonl \\",
      "      -a first.jsonl second.jsonl -r rule.json -o review.jsonl"
    })
final class GptReviewVisualCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ReviewOptions review = new ReviewOptions();

  @Option(
      names = {"-c", "--context"},
      required = true,
      paramLabel = "FILE",
      description = "Captions and boxes by image, JSON lines.")
  private @Nullable Path context;

  @Override
  public Integer call() throws IOException {
    review.run(Required.value(spec, "spec"), Required.value(context, "--context"));
    return 0;
  }
}
