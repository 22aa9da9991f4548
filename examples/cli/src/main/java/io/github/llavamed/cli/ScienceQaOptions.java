package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.scienceqa.LetterChoice;
import io.github.llavamed.eval.scienceqa.ScienceQa;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The options that the ScienceQA scorers share. */
final class ScienceQaOptions {
  @Mixin private final QuirkChoice repairs = new QuirkChoice();

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
  private String letters = String.join("", LetterChoice.DEFAULT_OPTIONS);

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Seed of the choice for an unreadable letter; default: ${DEFAULT-VALUE}.")
  private long seed;

  Path baseDir() {
    return UserPath.of(Required.value(baseDir, "--base-dir"));
  }

  String split() {
    return split;
  }

  ScienceQa questions() throws IOException {
    return ScienceQa.read(baseDir(), split, options());
  }

  EvaluationOptions options() {
    return repairs.options();
  }

  LetterChoice letters() {
    return new LetterChoice(
        letters.codePoints().mapToObj(Character::toString).toList(), repairs.quirks(), seed);
  }
}
