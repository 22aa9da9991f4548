package io.github.llavamed.cli;

import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code eval-gpt-review}: a judge compares the answers of two models. */
@Command(
    name = "eval-gpt-review",
    description = "Has a judge compare the answers of two models.",
    footer = {
      "",
      "Example:",
      "  llava-med eval-gpt-review -q question.jsonl -a first.jsonl second.jsonl \\",
      "      -r rule.json -o review.jsonl"
    })
final class GptReviewCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ReviewOptions review = new ReviewOptions();

  @Override
  public Integer call() throws IOException {
    review.run(Required.value(spec, "spec"), null);
    return 0;
  }
}
