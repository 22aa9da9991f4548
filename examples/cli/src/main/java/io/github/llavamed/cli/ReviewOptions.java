package io.github.llavamed.cli;

import io.github.llavamed.eval.judge.PairwiseReview;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of both pairwise reviews, and their run. */
final class ReviewOptions {
  @Mixin private final JudgeChoice judges = new JudgeChoice();
  @Mixin private final QuirkChoice repairs = new QuirkChoice();

  @Option(
      names = {"-q", "--question"},
      required = true,
      paramLabel = "FILE",
      description = "The questions, JSON lines.")
  private @Nullable Path question;

  @Option(
      names = {"-a", "--answer-list"},
      required = true,
      arity = "2",
      paramLabel = "FILE",
      description = "The answers of the two models.")
  private List<Path> answers = new ArrayList<>();

  @Option(
      names = {"-r", "--rule"},
      required = true,
      paramLabel = "FILE",
      description = "Category to prompt and role, one JSON object.")
  private @Nullable Path rule;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description = "Gets one review a line; FILE.provenance.json beside it says who judged.")
  private @Nullable Path output;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Longest review; default: ${DEFAULT-VALUE}.")
  private int maxTokens = 1024;

  @Option(
      names = "--resume",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Keep reviews that are in the output; else start anew.")
  private boolean resume;

  void run(CommandSpec command, @Nullable Path context) throws IOException {
    if (answers.size() != 2) {
      throw new ParameterException(
          command.commandLine(), "--answer-list: expected two files, found " + answers.size());
    }
    judges.use(
        command,
        judge ->
            new PairwiseReview(judge, maxTokens, repairs.options(), judges.concurrency())
                .run(
                    new PairwiseReview.ReviewFiles(
                        Required.value(question, "--question"),
                        answers.get(0),
                        answers.get(1),
                        Required.value(rule, "--rule"),
                        context,
                        Required.value(output, "--output"),
                        resume),
                    command.commandLine().getOut()));
  }
}
