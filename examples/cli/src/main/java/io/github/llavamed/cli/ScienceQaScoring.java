package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.scienceqa.LetterChoice;
import io.github.llavamed.eval.scienceqa.ScienceQa;
import io.github.llavamed.eval.scienceqa.ScienceQaScore;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;

/** Scores ScienceQA answers into two files and a line of text. */
final class ScienceQaScoring {
  private ScienceQaScoring() {}

  static void run(
      Path base,
      String split,
      Path answers,
      Path outputFile,
      Path resultFile,
      LetterChoice letters,
      PrintWriter out)
      throws IOException {
    EvaluationOptions options = EvaluationOptions.DEFAULT;
    ScienceQaScore score =
        ScienceQaScore.of(
            ScienceQa.read(base, split, options), ScienceQa.answers(answers, options), letters);
    String text = score.text();
    OutputFile.write(outputFile, file -> Files.writeString(file, score.outputJson()));
    OutputFile.write(resultFile, file -> Files.writeString(file, score.resultJson()));
    out.print(text);
  }
}
