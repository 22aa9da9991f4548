package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.scienceqa.LetterChoice;
import io.github.llavamed.eval.scienceqa.ScienceQa;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The options that the ScienceQA scorers share. */
final class ScienceQaOptions {
  @Option(
      names = "--base-dir",
      required = true,
      paramLabel = "DIR",
      description = "The folder of pid_splits.json and problems.json.")
  private @Nullable Path baseDir;

  @Option(
      names = "--split",
      paramLabel = "NAME",
      description = "The split to score; default: ${DEFAULT-VALUE}.")
  private String split = "test";

  @Option(
      names = "--options",
      paramLabel = "LETTERS",
      description = "The letters of the choices; default: ${DEFAULT-VALUE}.")
  private String options = String.join("", LetterChoice.DEFAULT_OPTIONS);

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the choice for an unreadable letter; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--unreadable-is-wrong",
      description = "Count an unreadable letter as wrong; else a choice is drawn, as originally.")
  private boolean unreadableIsWrong;

  Path baseDir() {
    return UserPath.of(Required.value(baseDir, "--base-dir"));
  }

  String split() {
    return split;
  }

  ScienceQa questions() throws IOException {
    return ScienceQa.read(baseDir(), split, EvaluationOptions.DEFAULT);
  }

  LetterChoice letters() {
    EvaluationQuirks quirks =
        unreadableIsWrong
            ? EvaluationQuirks.ORIGINAL.without(EvaluationQuirk.RANDOM_LETTER)
            : EvaluationQuirks.ORIGINAL;
    return new LetterChoice(
        options.codePoints().mapToObj(Character::toString).toList(), quirks, seed);
  }
}
