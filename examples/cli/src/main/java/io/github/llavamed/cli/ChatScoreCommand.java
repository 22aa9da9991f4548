package io.github.llavamed.cli;

import io.github.llavamed.conversation.Release;
import io.github.llavamed.eval.judge.ChatScoring;
import io.github.llavamed.eval.judge.ChatSummary;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code eval-multimodal-chat-gpt-score}: a judge scores chat answers against GPT-4's. */
@Command(
    name = "eval-multimodal-chat-gpt-score",
    description = "Has a judge score chat answers against those of text-only GPT-4.",
    footer = {
      "",
      "Example:",
      "  llava-med eval-multimodal-chat-gpt-score --answers-file answers.jsonl \\",
      "      --question-file llava_med_eval_qa50_qa.jsonl --scores-file scores.jsonl"
    })
final class ChatScoreCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final JudgeChoice judges = new JudgeChoice();
  @Mixin private final QuirkChoice repairs = new QuirkChoice();

  @Option(
      names = {"--question-file", "--question-input-path"},
      paramLabel = "FILE",
      description = "The questions; default: ${DEFAULT-VALUE}.")
  private Path questions = Path.of("data/questions/llava_med_eval_qa50_qa.jsonl");

  @Option(
      names = {"--answers-file", "--input-path"},
      required = true,
      paramLabel = "FILE",
      description = "The model's answers, in the order of the questions.")
  private @Nullable Path answers;

  @Option(
      names = {"--scores-file", "--output-path"},
      required = true,
      paramLabel = "FILE",
      description = "Grows by one line a verdict; FILE.provenance.json beside it says who judged.")
  private @Nullable Path scores;

  @Option(
      names = "--version",
      paramLabel = "V",
      description = "v1.0 or v1.5; default: v1.0 with v1.0's option names, else v1.5.")
  private @Nullable String version;

  @Option(
      names = "--judge-model",
      paramLabel = "NAME",
      description = "Model or deployment that judges; default: ${DEFAULT-VALUE}.")
  private String judgeModel = "gpt-4-0314";

  @Option(
      names = "--resume",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Keep verdicts that are in the scores file; else start anew.")
  private boolean resume;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    ChatSummary.Version rules = version(command);
    judges.use(
        command,
        judge ->
            new ChatScoring(judge, judgeModel, rules, repairs.options(), judges.concurrency())
                .run(
                    new ChatScoring.ChatFiles(
                        questions,
                        Required.value(answers, "--answers-file"),
                        Required.value(scores, "--scores-file"),
                        resume),
                    command.commandLine().getOut()));
    return 0;
  }

  private ChatSummary.Version version(CommandSpec command) {
    boolean oldNames =
        command.commandLine().getParseResult().originalArgs().stream()
            .anyMatch(arg -> arg.startsWith("--input-path") || arg.startsWith("--output-path"));
    boolean old =
        version == null ? oldNames : TokenChoice.release(command, version) == Release.V1_0;
    return old ? ChatSummary.Version.V1_0 : ChatSummary.Version.V1_5;
  }
}
