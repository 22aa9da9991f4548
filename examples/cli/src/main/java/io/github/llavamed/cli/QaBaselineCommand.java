package io.github.llavamed.cli;

import io.github.llavamed.eval.judge.TextBaseline;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code qa-baseline-gpt35}: answers of GPT-3.5 to text questions. */
@Command(
    name = "qa-baseline-gpt35",
    description = "Answers text questions with GPT-3.5.",
    footer = {"", "Example:", "  llava-med qa-baseline-gpt35 -q question.jsonl -o answer.jsonl"})
final class QaBaselineCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final JudgeChoice judges = new JudgeChoice();
  @Mixin private final QuirkChoice repairs = new QuirkChoice();

  @Option(
      names = {"-q", "--question"},
      required = true,
      paramLabel = "FILE",
      description = "The questions, JSON lines.")
  private @Nullable Path question;

  @Option(
      names = {"-o", "--output"},
      required = true,
      paramLabel = "FILE",
      description =
          "Grows by one line an answer, sorted at the end; FILE.provenance.json beside it says how"
              + " they were made.")
  private @Nullable Path output;

  @Option(
      names = "--max-tokens",
      paramLabel = "N",
      description = "Longest answer; default: ${DEFAULT-VALUE}.")
  private int maxTokens = 1024;

  @Option(
      names = "--overwrite",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Throw earlier answers away; else the run goes on after them.")
  private boolean overwrite;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    Path questions = Required.value(question, "--question");
    judges.use(
        command,
        judge ->
            new TextBaseline(
                    judge, maxTokens, repairs.options(), new Random(), judges.concurrency())
                .run(
                    new TextBaseline.BaselineFiles(
                        questions, Required.value(output, "--output"), overwrite),
                    command.commandLine().getOut()));
    return 0;
  }
}
