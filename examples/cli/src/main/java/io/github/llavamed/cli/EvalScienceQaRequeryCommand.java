package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.ProvenanceFile;
import io.github.llavamed.eval.scienceqa.LetterChoice;
import io.github.llavamed.eval.scienceqa.ScienceQa;
import io.github.llavamed.eval.scienceqa.ScienceQaRequery;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code eval-science-qa-gpt4-requery}: GPT-4 asked again as a judge over both answers. */
@Command(
    name = "eval-science-qa-gpt4-requery",
    description = "Scores ScienceQA with GPT-4 asked again over both answers.",
    footer = {
      "",
      "Example:",
      "  llava-med eval-science-qa-gpt4-requery --base-dir ScienceQA/data/scienceqa \\",
      "      --gpt4-result gpt4.json --our-result answers.jsonl \\",
      "      --requery-result requery.jsonl --output-result result.json"
    })
final class EvalScienceQaRequeryCommand implements Callable<Integer> {
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
      names = "--requery-result",
      required = true,
      paramLabel = "FILE",
      description = "GPT-4's judgements, JSON lines.")
  private @Nullable Path requeryResult;

  @Option(
      names = "--our-result",
      required = true,
      paramLabel = "FILE",
      description = "The own model's answers, JSON lines.")
  private @Nullable Path ourResult;

  @Option(
      names = "--output-result",
      required = true,
      paramLabel = "FILE",
      description = "Gets accuracy and chosen indices.")
  private @Nullable Path outputResult;

  @Override
  public Integer call() throws IOException {
    EvaluationOptions options = scienceQa.options();
    LetterChoice letters = scienceQa.letters();
    Path output = Required.value(outputResult, "--output-result");
    ScienceQaRequery score =
        ScienceQaRequery.of(
            scienceQa.questions(),
            ScienceQa.answers(Required.value(ourResult, "--our-result"), options),
            ScienceQa.outputs(Required.value(gpt4Result, "--gpt4-result"), options),
            ScienceQa.answers(Required.value(requeryResult, "--requery-result"), options),
            letters);
    String text = score.text();
    OutputFile.write(output, file -> Files.writeString(file, score.resultJson()));
    ProvenanceFile.write(
        output,
        ScienceQaScoring.provenance(
            "science-qa-requery",
            scienceQa.baseDir(),
            scienceQa.split(),
            letters,
            Map.of(
                "answers",
                Required.value(ourResult, "--our-result"),
                "gpt4",
                Required.value(gpt4Result, "--gpt4-result"),
                "requery",
                Required.value(requeryResult, "--requery-result"))));
    Required.value(spec, "spec").commandLine().getOut().print(text);
    return 0;
  }
}
