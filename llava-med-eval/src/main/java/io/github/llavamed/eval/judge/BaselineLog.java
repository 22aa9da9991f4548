package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.AppendLog;
import io.github.llavamed.eval.internal.data.SampleIds;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The answers of a text baseline: those that were kept, and each new one at once in the file. */
final class BaselineLog implements AutoCloseable {
  /** The text of a question whose requests all failed; it does not count as an answer. */
  static final String FAILED = "#ERROR#";

  private final AppendLog log;
  private final Map<SampleId, ObjectNode> answers = new HashMap<>();

  private BaselineLog(AppendLog log) {
    this.log = log;
  }

  /**
   * Opens the output.
   *
   * @param questions the questions of this run
   * @throws EvaluationException if an answer that is kept is another model's or to no question of
   *     this run
   */
  static BaselineLog open(
      TextBaseline.BaselineFiles files,
      Set<SampleId> questions,
      String modelId,
      EvaluationOptions options)
      throws IOException {
    BaselineLog answers =
        new BaselineLog(AppendLog.open(files.output(), files.overwrite(), options));
    try {
      for (JsonFiles.Line line : answers.log.lines()) {
        answers.keep(line, questions, modelId);
      }
      return answers;
    } catch (RuntimeException e) {
      answers.close();
      throw e;
    }
  }

  private void keep(JsonFiles.Line line, Set<SampleId> questions, String modelId) {
    JsonNode id = JsonFields.require(line.value(), "question_id", line.where());
    String model = JsonFields.text(line.value(), "model_id", line.where());
    String text = JsonFields.text(line.value(), "text", line.where());
    if (!questions.contains(SampleIds.of(id))) {
      throw refused(line, "to a question of this run", "one to question " + id.asText());
    }
    if (!model.equals(modelId)) {
      throw refused(line, "of " + modelId, "one of " + model);
    }
    if (!text.equals(FAILED)) {
      answers.put(SampleIds.of(id), (ObjectNode) line.value());
    }
  }

  private static EvaluationException refused(JsonFiles.Line line, String expected, String found) {
    return new EvaluationException(
        "%s: expected an answer %s, found %s; name another output, or overwrite this one"
            .formatted(line.where(), expected, found));
  }

  /** Returns the answer to a question, or null if there is none yet. */
  @Nullable ObjectNode get(SampleId question) {
    return answers.get(question);
  }

  int size() {
    return answers.size();
  }

  void add(SampleId question, ObjectNode answer) throws IOException {
    log.append(answer);
    answers.put(question, answer);
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
