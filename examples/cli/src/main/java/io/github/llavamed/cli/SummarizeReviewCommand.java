package io.github.llavamed.cli;

import io.github.llavamed.conversation.Release;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.judge.ChatSummary;
import io.github.llavamed.eval.judge.ChatVerdict;
import io.github.llavamed.eval.judge.ReviewSummary;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code summarize-gpt-review}: means of a scores file, or of a folder of pairwise reviews. */
@Command(
    name = "summarize-gpt-review",
    description = "Summarises a scores file of the chat benchmark, or a folder of reviews.",
    footer = {"", "Example:", "  llava-med summarize-gpt-review --scores-file scores.jsonl"})
final class SummarizeReviewCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final QuirkChoice repairs = new QuirkChoice();

  @Option(
      names = "--scores-file",
      paramLabel = "FILE",
      description = "Verdicts of the chat benchmark; without it, reviews are summarised.")
  private @Nullable Path scoresFile;

  @Option(
      names = "--version",
      paramLabel = "V",
      description = "v1.0 or v1.5: the fields of the scores file; default: ${DEFAULT-VALUE}.")
  private String version = Release.V1_5.id();

  @Option(
      names = "--reviews-folder",
      paramLabel = "DIR",
      description = "Pairwise reviews gpt4_text*.jsonl (v1.0); default: ${DEFAULT-VALUE}.")
  private Path reviewsFolder = Path.of("vqa/reviews/coco2014_val80");

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    PrintWriter out = command.commandLine().getOut();
    EvaluationOptions options = repairs.options();
    if (scoresFile == null) {
      for (ReviewSummary summary : ReviewSummary.read(reviewsFolder, options)) {
        out.print(summary.text());
      }
      return 0;
    }
    ChatSummary.Version fields =
        TokenChoice.release(command, version) == Release.V1_0
            ? ChatSummary.Version.V1_0
            : ChatSummary.Version.V1_5;
    out.print(ChatSummary.of(ChatVerdict.read(scoresFile, fields, options), fields).text());
    return 0;
  }
}
