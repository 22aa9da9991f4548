package io.github.llavamed.cli;

import io.github.llavamed.eval.generation.AnswerFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

/** The options of the answer generating programs that name files and the part to answer. */
final class AnswerFileOptions {
  @Option(
      names = "--question-file",
      paramLabel = "FILE",
      description = "The questions; default: tables/question.jsonl or .json, as the original.")
  private @Nullable Path questionFile;

  @Option(
      names = "--image-folder",
      paramLabel = "DIR",
      description = "The folder that the questions' images lie in; default: this folder.")
  private Path imageFolder = Path.of("");

  @Option(
      names = "--answers-file",
      paramLabel = "FILE",
      description =
          "Grows by one line an answer; FILE.run.json beside it says how they were made; default:"
              + " ${DEFAULT-VALUE}.")
  private Path answersFile = Path.of("answer.jsonl");

  @Option(
      names = "--num-chunks",
      paramLabel = "N",
      description = "Parts that the questions are cut into; default: ${DEFAULT-VALUE}.")
  private int numChunks = 1;

  @Option(
      names = "--chunk-idx",
      paramLabel = "K",
      description = "Which part, from 0; default: ${DEFAULT-VALUE}.")
  private int chunkIdx;

  @Option(
      names = "--overwrite",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Throw earlier answers away; else the run goes on after them.")
  private boolean overwrite;

  @Option(names = "--no-progress", description = "Show no progress.")
  private boolean noProgress;

  boolean showsProgress() {
    return !noProgress;
  }

  AnswerFiles files(CommandSpec command, String defaultQuestions) {
    return files(command, defaultQuestions, chunkIdx);
  }

  /** Returns the files of a run over all chunks, whatever chunk the caller names. */
  AnswerFiles allChunks(CommandSpec command, String defaultQuestions) {
    return files(command, defaultQuestions, 0);
  }

  private AnswerFiles files(CommandSpec command, String defaultQuestions, int chunk) {
    try {
      return new AnswerFiles(
          UserPath.of(questionFile == null ? Path.of(defaultQuestions) : questionFile),
          UserPath.of(imageFolder),
          UserPath.of(answersFile),
          numChunks,
          chunk,
          overwrite);
    } catch (IllegalArgumentException e) {
      throw new ParameterException(
          command.commandLine(), "--num-chunks, --chunk-idx: " + e.getMessage());
    }
  }
}
