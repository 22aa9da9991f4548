package io.github.llavamed.eval.scienceqa;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The problems of one split. Immutable.
 *
 * @param problems in the order of the split
 */
public record ScienceQa(List<Problem> problems) {
  /** Copies the list. */
  public ScienceQa {
    problems = List.copyOf(problems);
  }

  /**
   * A problem. Immutable.
   *
   * @param id identifier
   * @param choices number of choices
   * @param answer index of the right choice
   */
  public record Problem(String id, int choices, int answer) {}

  /**
   * An answer of a model. Immutable.
   *
   * @param prompt the question as asked; empty if the file has none
   * @param text the answer
   */
  public record Answer(String prompt, String text) {}

  /** Reads {@code pid_splits.json} and {@code problems.json} of a folder. */
  public static ScienceQa read(Path folder, String split, EvaluationOptions options)
      throws IOException {
    JsonFiles files = new JsonFiles(options);
    Path splitFile = folder.resolve("pid_splits.json");
    Path problemFile = folder.resolve("problems.json");
    JsonNode ids = JsonFields.require(files.tree(splitFile), split, splitFile.toString());
    JsonNode all = files.tree(problemFile);
    List<Problem> problems = new ArrayList<>();
    for (JsonNode id : ids) {
      String where = problemFile + ", problem " + id.asText();
      JsonNode problem = JsonFields.require(all, id.asText(), problemFile.toString());
      JsonNode answer = JsonFields.require(problem, "answer", where);
      if (!answer.isIntegralNumber() || !answer.canConvertToInt()) {
        throw new EvaluationException(
            where + ": expected an index under the key 'answer', found " + JsonFields.kind(answer));
      }
      problems.add(
          new Problem(
              id.asText(),
              JsonFields.require(problem, "choices", where).size(),
              answer.intValue()));
    }
    return new ScienceQa(problems);
  }

  /** Reads an answers file, JSON lines with {@code question_id} and {@code text}; last ones win. */
  public static Map<String, Answer> answers(Path file, EvaluationOptions options)
      throws IOException {
    Map<String, Answer> answers = new LinkedHashMap<>();
    for (JsonFiles.Line line : new JsonFiles(options).lines(file)) {
      answers.put(
          JsonFields.text(line.value(), "question_id", line.where()),
          new Answer(
              line.value().path("prompt").asText(""),
              JsonFields.text(line.value(), "text", line.where())));
    }
    return answers;
  }

  /** Reads GPT-4's answers: a JSON object with {@code outputs}, texts by identifier. */
  public static Map<String, Answer> outputs(Path file, EvaluationOptions options)
      throws IOException {
    Map<String, Answer> answers = new LinkedHashMap<>();
    JsonNode outputs =
        JsonFields.require(new JsonFiles(options).tree(file), "outputs", file.toString());
    outputs
        .fieldNames()
        .forEachRemaining(
            id ->
                answers.put(id, new Answer("", JsonFields.text(outputs, id, file + ", outputs"))));
    return answers;
  }

  static Answer require(Map<String, Answer> answers, String id, String whose) {
    Answer answer = answers.get(id);
    if (answer == null) {
      throw new EvaluationException(
          whose + ": expected an answer to problem " + id + ", found none", "", null);
    }
    return answer;
  }
}
