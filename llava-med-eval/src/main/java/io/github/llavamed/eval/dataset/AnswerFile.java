package io.github.llavamed.eval.dataset;

import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.Prediction;
import io.github.llavamed.eval.internal.data.AnswerJson;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.text.Sha256;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * The answers of a model to a whole data set, in file order. Immutable.
 *
 * @param predictions one an answer
 * @param sha256 hash of the file
 */
public record AnswerFile(List<Prediction> predictions, String sha256) {
  /** Copies the list. */
  public AnswerFile {
    predictions = List.copyOf(predictions);
  }

  /**
   * Reads a JSON lines file with the fields {@code question_id} and {@code text}.
   *
   * @throws io.github.llavamed.eval.EvaluationException if a line is not such an object
   */
  public static AnswerFile read(Path file, EvaluationOptions options) throws IOException {
    List<JsonFiles.Line> lines = new JsonFiles(options).lines(file);
    return new AnswerFile(AnswerJson.predictions(lines), Sha256.of(file));
  }
}
