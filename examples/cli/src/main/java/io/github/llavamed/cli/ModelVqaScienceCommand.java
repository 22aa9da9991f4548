package io.github.llavamed.cli;

import io.github.llavamed.eval.generation.AnswerProgram;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code model-vqa-science}: answers ScienceQA questions, one JSON array, to JSON lines. */
@Command(
    name = "model-vqa-science",
    description = "Answers ScienceQA questions. Research use only.",
    footer = {
      "",
      "Example:",
      "  llava-med model-vqa-science --model models/llava-med \\",
      "      --question-file llava_test_QCM-LEPA.json --image-folder images/test \\",
      "      --answers-file out/answers.jsonl"
    })
final class ModelVqaScienceCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final ModelChoice modelChoice = new ModelChoice();
  @Mixin private final TokenChoice tokens = new TokenChoice();
  @Mixin private final AnswerFileOptions files = new AnswerFileOptions();

  @Option(
      names = "--answer-prompter",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Ask a second time for a short answer, and append it.")
  private boolean answerPrompter;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    AnswerFileRun run =
        new AnswerFileRun(
            command,
            modelChoice,
            tokens,
            AnswerProgram.MODEL_VQA_SCIENCE,
            answerPrompter,
            files.showsProgress());
    run.run(files.files(command, "tables/question.json"));
    return 0;
  }
}
