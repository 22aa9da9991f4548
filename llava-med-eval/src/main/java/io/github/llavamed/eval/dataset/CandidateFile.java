package io.github.llavamed.eval.dataset;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.CandidateJson;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.metric.MetricContext;
import java.io.IOException;
import java.nio.file.Path;

/** Reads {@code train_open_answers.json}: the answers among which open accuracy chooses. */
public final class CandidateFile {
  private CandidateFile() {}

  /**
   * Reads the candidates: texts, integers and booleans of the list under the key {@code 0}, or the
   * keys of an object there.
   *
   * @throws io.github.llavamed.eval.EvaluationException if the file has another shape
   */
  public static MetricContext read(Path file, EvaluationOptions options) throws IOException {
    return CandidateJson.parse(new JsonFiles(options).tree(file), file.toString());
  }
}
