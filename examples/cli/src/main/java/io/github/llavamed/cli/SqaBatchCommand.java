package io.github.llavamed.cli;

import io.github.llavamed.eval.generation.AnswerFiles;
import io.github.llavamed.eval.generation.AnswerProgram;
import io.github.llavamed.eval.scienceqa.LetterChoice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code sqa-eval-batch}: answers ScienceQA in chunks side by side, merges and scores. */
@Command(
    name = "sqa-eval-batch",
    description = "Answers ScienceQA in chunks side by side and scores it. Research use only.",
    footer = {
      "",
      "Example:",
      "  llava-med sqa-eval-batch --model models/llava --science-qa-path ScienceQA \\",
      "      --split test --chunks 2"
    })
final class SqaBatchCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ModelChoice modelChoice = new ModelChoice();
  @Mixin private final TokenChoice tokens = new TokenChoice();

  @Option(
      names = "--science-qa-path",
      required = true,
      paramLabel = "DIR",
      description = "The ScienceQA repository, with data/scienceqa in it.")
  private @Nullable Path scienceQaPath;

  @Option(names = "--chunks", paramLabel = "N", description = "Chunks; default: ${DEFAULT-VALUE}.")
  private int chunks = 8;

  @Option(
      names = "--experiment-name",
      paramLabel = "NAME",
      description = "Begins the names of all files; default: ${DEFAULT-VALUE}.")
  private String experiment = "llava-13b";

  @Option(
      names = "--split",
      required = true,
      paramLabel = "NAME",
      description = "minival, val, minitest or test.")
  private @Nullable String split;

  @Option(names = "--devices", split = ",", paramLabel = "NAME", description = "As cuda:0,cuda:1.")
  private List<String> devices = new ArrayList<>();

  @Option(names = "--overwrite", description = "Throw earlier answers away.")
  private boolean overwrite;

  @Option(names = "--no-progress", description = "Show no progress.")
  private boolean noProgress;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    String part = Required.value(split, "--split");
    if (!List.of("minival", "val", "minitest", "test").contains(part) || chunks < 1) {
      throw new ParameterException(
          command.commandLine(),
          "expected --split minival, val, minitest or test and at least 1 chunk, found '%s' and %d"
              .formatted(part, chunks));
    }
    Path base = UserPath.of(Required.value(scienceQaPath, "DIR")).resolve("data/scienceqa");
    Path answers = Path.of(experiment + "-" + part + ".jsonl");
    AnswerFiles files =
        new AnswerFiles(
            base.resolve("llava_" + part + "_QCM-LEPA.json"),
            base.resolve("images").resolve(part.endsWith("test") ? "test" : "val"),
            answers,
            chunks,
            0,
            overwrite);
    new AnswerFileRun(
            command, modelChoice, tokens, AnswerProgram.MODEL_VQA_SCIENCE, true, !noProgress)
        .runChunks(files, devices);
    ScienceQaScoring.run(
        base,
        part,
        answers,
        Path.of(experiment + "-" + part + "_output.json"),
        Path.of(experiment + "-" + part + "_result.json"),
        new LetterChoice(LetterChoice.DEFAULT_OPTIONS, tokens.options().quirks(), tokens.seed()),
        tokens.options(),
        command.commandLine().getOut());
    return 0;
  }
}
