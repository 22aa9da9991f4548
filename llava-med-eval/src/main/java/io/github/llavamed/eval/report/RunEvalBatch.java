package io.github.llavamed.eval.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.eval.Evaluation;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.ProvenanceFile;
import io.github.llavamed.eval.ScoredAnswers;
import io.github.llavamed.eval.generation.RunRecord;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.python.PythonText;
import io.github.llavamed.eval.internal.text.Sha256;
import io.github.llavamed.metric.Provenance;
import io.github.llavamed.metric.ScoreReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Scores all answers files below a folder and prints what {@code run_eval_batch.py} prints.
 *
 * <p>The provenance of each line of the result file stands beside it, see {@link ProvenanceFile}.
 * Files that cannot be scored are skipped with a message. Candidate answers are read only if the
 * protocol needs them. Immutable; confined to one run per result file.
 */
public final class RunEvalBatch {
  private final Evaluation evaluation;
  private final EvaluationOptions options;
  private final Path directory;
  private final Path resultFolder;

  /**
   * Creates the program.
   *
   * @param evaluation protocol, groups, bootstrap and clock
   * @param directory folder that relative paths start from and results go to
   */
  public RunEvalBatch(Evaluation evaluation, EvaluationOptions options, Path directory) {
    this(evaluation, options, directory, directory);
  }

  /**
   * Creates the program.
   *
   * @param evaluation protocol, groups, bootstrap and clock
   * @param directory folder that relative paths start from
   * @param resultFolder folder that results go to
   */
  public RunEvalBatch(
      Evaluation evaluation, EvaluationOptions options, Path directory, Path resultFolder) {
    this.evaluation = evaluation;
    this.options = options;
    this.directory = directory;
    this.resultFolder = resultFolder;
  }

  /**
   * What to score. Immutable.
   *
   * @param predictions folder of the answers files, as typed
   * @param target which files and data sets
   * @param datasetRoot folder with one folder a data set
   */
  public record Arguments(String predictions, BatchTarget target, Path datasetRoot) {}

  /**
   * Scores the files; the result file is replaced and grows by one JSON line a scored file.
   *
   * @return one report a scored file and data set, in the order of the result file
   * @throws IOException if the folder cannot be walked or the results not be written
   */
  public List<ScoreReport> run(Arguments arguments, Appendable out) throws IOException {
    List<String> paths = new ArrayList<>();
    collect(arguments.predictions(), arguments.target().fileEnding(), paths);
    out.append(PythonText.list(paths)).append('\n');
    Path results = resultFolder.resolve(arguments.target().outputFile());
    Files.writeString(results, "");
    ProvenanceFile.writeLines(results, List.of());
    List<ScoreReport> reports = new ArrayList<>();
    for (String path : paths) {
      for (String dataset : arguments.target().datasets()) {
        if (names(path, dataset)) {
          scoreOne(arguments, path, dataset, results, reports, out);
        }
      }
    }
    return reports;
  }

  private void scoreOne(
      Arguments arguments,
      String path,
      String dataset,
      Path results,
      List<ScoreReport> reports,
      Appendable out)
      throws IOException {
    try {
      ScoreReport report = score(arguments, path, dataset, out);
      Files.writeString(
          results, resultLine(dataset, path, report) + "\n", StandardOpenOption.APPEND);
      out.append(ReportText.table(report)).append('\n');
      reports.add(report);
      ProvenanceFile.writeLines(results, reports.stream().map(ScoreReport::provenance).toList());
    } catch (LlavaMedException e) {
      skip(path, e instanceof EvaluationException ee ? ee.originalText() : text(e), out);
    } catch (NoSuchFileException e) {
      skip(path, "[Errno 2] No such file or directory: " + PythonText.quote(e.getFile()), out);
    }
  }

  private static String text(Exception e) {
    return Objects.requireNonNullElse(e.getMessage(), e.getClass().getName());
  }

  private static void skip(String path, String reason, Appendable out) throws IOException {
    out.append(">>>Skip ").append(path).append('\n').append(reason).append('\n');
  }

  private ScoreReport score(Arguments arguments, String path, String dataset, Appendable out)
      throws IOException {
    JsonFiles files = new JsonFiles(options);
    Path truthFile =
        arguments.datasetRoot().resolve(dataset).resolve(arguments.target().groundTruth());
    Path answerFile = directory.resolve(path);
    JsonNode truth = files.tree(truthFile);
    JsonNode candidates = null;
    if (evaluation.protocol().metrics().stream().anyMatch(m -> m.metric().needsCandidates())) {
      candidates =
          files.tree(
              arguments
                  .datasetRoot()
                  .resolve(BatchTarget.candidatesOf(dataset))
                  .resolve("train_open_answers.json"));
    }
    List<JsonFiles.Line> answers = files.lines(answerFile);
    ScoredAnswers scored =
        RunEval.rate(evaluation, new RunEval.Inputs(truth, truthFile, candidates, answers), out);
    if (options.quirks().keeps(EvaluationQuirk.EMPTY_CORRECT_ANSWERS_FILE)) {
      Files.writeString(resultFolder.resolve("correct_answers_file.json"), "");
    }
    ScoreReport report =
        stated(answerFile)
            .report(
                scored,
                dataset,
                Map.of("dataset", Sha256.of(truthFile), "predictions", Sha256.of(answerFile)));
    out.append(RunEval.counts(scored)).append('\n');
    return named(report, path);
  }

  /** Says in the provenance which of the files it is. */
  private static ScoreReport named(ScoreReport report, String path) {
    Provenance from = report.provenance();
    Map<String, String> settings = new TreeMap<>(from.settings());
    settings.put("pred_file", path);
    return new ScoreReport(
        new Provenance(
            from.protocol(), from.dataset(), settings, from.hashes(), from.versions(), from.date()),
        report.openQuestions(),
        report.closedQuestions(),
        report.scores(),
        report.groups());
  }

  private Evaluation stated(Path answers) throws IOException {
    return evaluation.withRun(RunRecord.read(answers, options));
  }

  private static String resultLine(String dataset, String path, ScoreReport report) {
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.put("dataset", dataset);
    line.put("pred_file", path);
    line.put("results", ReportText.table(report));
    return PythonJson.line(line);
  }

  /** Says whether a path names a data set: anywhere, or as a folder with or without a suffix. */
  private boolean names(String path, String dataset) {
    if (options.quirks().keeps(EvaluationQuirk.DATASET_ANYWHERE_IN_PATH)) {
      return path.contains(dataset);
    }
    List<String> parts = PythonText.split(path, '/');
    return parts.subList(0, parts.size() - 1).stream()
        .anyMatch(part -> part.equals(dataset) || part.startsWith(dataset + "-"));
  }

  /** Files of a folder by name, then its folders by name; folders behind links are left out. */
  private void collect(String folder, String ending, List<String> paths) throws IOException {
    Path path = directory.resolve(folder);
    if (!Files.isDirectory(path)) {
      return;
    }
    List<String> names;
    try (Stream<Path> entries = Files.list(path)) {
      names = entries.map(entry -> entry.getFileName().toString()).sorted().toList();
    }
    String prefix = folder.endsWith("/") ? folder : folder + "/";
    for (String name : names) {
      if (name.endsWith(ending) && !Files.isDirectory(path.resolve(name))) {
        paths.add(prefix + name);
      }
    }
    for (String name : names) {
      if (Files.isDirectory(path.resolve(name), LinkOption.NOFOLLOW_LINKS)) {
        collect(prefix + name, ending, paths);
      }
    }
  }
}
