package io.github.llavamed.cli;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.ProvenanceFile;
import io.github.llavamed.eval.scienceqa.LetterChoice;
import io.github.llavamed.eval.scienceqa.ScienceQa;
import io.github.llavamed.eval.scienceqa.ScienceQaScore;
import io.github.llavamed.metric.Provenance;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

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
      EvaluationOptions options,
      PrintWriter out)
      throws IOException {
    ScienceQaScore score =
        ScienceQaScore.of(
            ScienceQa.read(base, split, options), ScienceQa.answers(answers, options), letters);
    String text = score.text();
    OutputFile.write(outputFile, file -> Files.writeString(file, score.outputJson()));
    OutputFile.write(resultFile, file -> Files.writeString(file, score.resultJson()));
    Provenance provenance =
        provenance("science-qa", base, split, letters, Map.of("answers", answers));
    ProvenanceFile.write(outputFile, provenance);
    ProvenanceFile.write(resultFile, provenance);
    out.print(text);
  }

  /**
   * Says where ScienceQA figures come from.
   *
   * @param answers files by name
   */
  static Provenance provenance(
      String protocol, Path base, String split, LetterChoice letters, Map<String, Path> answers)
      throws IOException {
    Map<String, Path> inputs = new TreeMap<>(answers);
    inputs.put("problems", base.resolve("problems.json"));
    inputs.put("splits", base.resolve("pid_splits.json"));
    return ProvenanceFile.describe(
        protocol, "1", "ScienceQA " + split, letters.settings(), inputs, EvaluationOptions.DEFAULT);
  }
}
