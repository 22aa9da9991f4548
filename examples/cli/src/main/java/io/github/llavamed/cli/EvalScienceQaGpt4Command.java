package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.scienceqa.ScienceQa;
import io.github.llavamed.eval.scienceqa.ScienceQaCombination;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code eval-science-qa-gpt4}: GPT-4's ScienceQA answers, completed by the own model's. */
@Command(
    name = "eval-science-qa-gpt4",
    description = "Scores GPT-4's ScienceQA answers, completed by the own model's.",
    footer = {
      "",
      "Example:",
      "  llava-med eval-science-qa-gpt4 --base-dir ScienceQA/data/scienceqa \\",
      "      --gpt4-result gpt4.json --our-result answers.jsonl"
    })
final class EvalScienceQaGpt4Command implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ScienceQaOptions scienceQa = new ScienceQaOptions();

  @Option(
      names = "--gpt4-result",
      required = true,
      paramLabel = "FILE",
      description = "GPT-4's answers, JSON with the key outputs.")
  private @Nullable Path gpt4Result;

  @Option(
      names = "--our-result",
      required = true,
      paramLabel = "FILE",
      description = "The own model's answers, JSON lines.")
  private @Nullable Path ourResult;

  @Override
  public Integer call() throws IOException {
    EvaluationOptions options = scienceQa.options();
    ScienceQaCombination combination =
        ScienceQaCombination.of(
            scienceQa.questions(),
            ScienceQa.answers(Required.value(ourResult, "--our-result"), options),
            ScienceQa.outputs(Required.value(gpt4Result, "--gpt4-result"), options),
            scienceQa.letters());
    Required.value(spec, "spec").commandLine().getOut().print(combination.text());
    return 0;
  }
}
