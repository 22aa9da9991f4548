package io.github.llavamed.cli;

import io.github.llavamed.eval.generation.AnswerProgram;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code model-qa}: answers questions without images, JSON lines to JSON lines. */
@Command(
    name = "model-qa",
    description = "Answers text-only questions. Research use only.",
    footer = {
      "",
      "Example:",
      "  llava-med model-qa --model models/llava-med \\",
      "      --question-file table/question.jsonl \\",
      "      --answers-file out/answers.jsonl"
    })
final class ModelQaCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ModelChoice modelChoice = new ModelChoice();
  @Mixin private final TokenChoice tokens = new TokenChoice();
  @Mixin private final AnswerFileOptions files = new AnswerFileOptions();

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    AnswerFileRun run =
        new AnswerFileRun(
            command, modelChoice, tokens, AnswerProgram.MODEL_QA, false, files.showsProgress());
    run.run(files.files(command, "tables/question.jsonl"));
    return 0;
  }
}
