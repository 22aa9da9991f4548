package io.github.llavamed.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.ScoredAnswers;
import io.github.llavamed.eval.generation.RunRecord;
import io.github.llavamed.eval.internal.data.AnswerJson;
import io.github.llavamed.eval.internal.data.CandidateJson;
import io.github.llavamed.eval.internal.data.VqaJson;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonText;
import io.github.llavamed.eval.internal.text.Sha256;
import io.github.llavamed.eval.protocol.ScoringProtocols;
import io.github.llavamed.metric.AnswerKind;
import io.github.llavamed.metric.MetricContext;
import io.github.llavamed.metric.ScoreReport;
import io.github.llavamed.metric.ScoringProtocol;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Scores one answers file and prints what {@code run_eval.py} prints.
 *
 * <p>Immutable; safe for concurrent use with separate outputs.
 */
public final class RunEval {
  private final Evaluation evaluation;
  private final EvaluationOptions options;
  private final Path directory;

  /** Creates the program for a protocol, with paths relative to the current folder. */
  public RunEval(ScoringProtocol protocol, EvaluationOptions options) {
    this(Evaluation.of(protocol), options, Path.of(""));
  }

  /**
   * Creates the program.
   *
   * @param evaluation protocol, groups, bootstrap and clock; its candidates are replaced by the
   *     file's
   * @param directory folder that relative paths start from
   */
  public RunEval(Evaluation evaluation, EvaluationOptions options, Path directory) {
    this.evaluation = evaluation;
    this.options = options;
    this.directory = directory;
  }

  /**
   * The files to read, as typed. Immutable.
   *
   * @param groundTruth JSON array of questions; the folder before the file name is the data set
   * @param candidates candidate answers, or null if there are none
   * @param predictions JSON lines of answers
   */
  public record Arguments(String groundTruth, @Nullable String candidates, String predictions) {}

  /**
   * Scores the answers; the text goes out step by step, so that it ends where an error occurs.
   *
   * @throws EvaluationException if a file is not what it should be, questions and answers do not
   *     match, or the protocol needs something that is missing
   * @throws IOException if a file cannot be read or the text not be written
   */
  public ScoreReport run(Arguments arguments, Appendable out) throws IOException {
    String dataset = datasetName(arguments.groundTruth());
    out.append("\n========\n ").append(dataset).append('\n');
    JsonFiles files = new JsonFiles(options);
    Path truthFile = directory.resolve(arguments.groundTruth());
    Path answerFile = directory.resolve(arguments.predictions());
    JsonNode truth = files.tree(truthFile);
    JsonNode candidates =
        arguments.candidates() == null
            ? null
            : files.tree(directory.resolve(arguments.candidates()));
    List<JsonFiles.Line> answers = files.lines(answerFile);
    ScoredAnswers scored = rate(evaluation, new Inputs(truth, truthFile, candidates, answers), out);
    ScoreReport report =
        evaluation
            .withRun(RunRecord.read(answerFile, options))
            .report(
                scored,
                dataset,
                Map.of("dataset", Sha256.of(truthFile), "predictions", Sha256.of(answerFile)));
    out.append(counts(scored)).append('\n').append(ReportText.table(report)).append('\n');
    return report;
  }

  /** The name before the last part of the path; the file name where there is no folder. */
  static String datasetName(String path) {
    List<String> parts = PythonText.split(path, '/');
    return parts.get(Math.max(0, parts.size() - 2));
  }

  /** What was read, before it is understood. */
  record Inputs(
      JsonNode truth,
      Path truthFile,
      @Nullable JsonNode candidates,
      List<JsonFiles.Line> answers) {}

  /** Prints the numbers of identifiers, checks them, and scores every answer. */
  static ScoredAnswers rate(Evaluation evaluation, Inputs inputs, Appendable out)
      throws IOException {
    String where = inputs.truthFile().toString();
    List<SampleId> truthIds = VqaJson.ids(inputs.truth(), where);
    List<SampleId> answerIds = AnswerJson.ids(inputs.answers());
    out.append("num_gt_ids: %d || num_pred_ids: %d\n".formatted(truthIds.size(), answerIds.size()));
    Evaluation.requireSameIds(truthIds, answerIds);
    return evaluation
        .withContext(context(evaluation.protocol(), inputs.candidates()))
        .rate(VqaJson.samples(inputs.truth(), where), AnswerJson.predictions(inputs.answers()));
  }

  private static MetricContext context(ScoringProtocol protocol, @Nullable JsonNode candidates) {
    boolean needed = protocol.metrics().stream().anyMatch(m -> m.metric().needsCandidates());
    if (!needed || candidates == null) {
      return MetricContext.NONE;
    }
    return CandidateJson.parse(candidates, "candidate answers");
  }

  /** The line with the numbers of open and closed questions, swapped as in the original. */
  static String counts(ScoredAnswers scored) {
    int open = scored.counted(AnswerKind.OPEN);
    int closed = scored.counted(AnswerKind.CLOSED);
    boolean swapped = ScoringProtocols.swapsCounts(scored.protocol());
    return "num_open %d || num_close %d"
        .formatted(swapped ? closed : open, swapped ? open : closed);
  }
}
