package io.github.llavamed.cli;

import io.github.llavamed.eval.batch.ChunkedAnswers;
import io.github.llavamed.eval.generation.AnswerFiles;
import io.github.llavamed.eval.generation.AnswerProgram;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code run-med-datasets-eval-batch}: {@code model-vqa-med} in chunks side by side, merged. */
@Command(
    name = "run-med-datasets-eval-batch",
    description = "Answers medical VQA questions in chunks side by side. Research use only.",
    footer = {
      "",
      "Example:",
      "  llava-med run-med-datasets-eval-batch --num-chunks 2 --model models/llava-med \\",
      "      --question-file data_RAD/test.json --image-folder data_RAD/images \\",
      "      --answers-file out/data_RAD/test-answer-file.jsonl"
    })
final class MedDatasetsBatchCommand implements Callable<Integer> {
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

  @Option(
      names = "--devices",
      split = ",",
      paramLabel = "NAME",
      description =
          "Devices with one model each, cuda:0,cuda:1; default: one model for all chunks.")
  private List<String> devices = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    AnswerFileRun run =
        new AnswerFileRun(
            command,
            modelChoice,
            tokens,
            AnswerProgram.MODEL_VQA_MED,
            answerPrompter,
            files.showsProgress());
    AnswerFiles all = files.allChunks(command, "tables/question.json");
    ChunkedAnswers answers = ChunkedAnswers.of(all.answers(), all.numChunks());
    PrintWriter out = command.commandLine().getOut();
    for (int k = 0; k < all.numChunks(); k++) {
      out.printf(
          "model-vqa-med --model-name %s --question-file %s --image-folder %s --answers-file %s"
              + " --num-chunks %d --chunk-idx %d%n",
          modelChoice.name(command),
          all.questions(),
          all.images(),
          answers.chunkFiles().get(k),
          all.numChunks(),
          k);
    }
    out.flush();
    run.runChunks(all, devices);
    return 0;
  }
}
