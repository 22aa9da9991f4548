package io.github.llavamed.eval.scienceqa;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns ScienceQA problems into questions and answers, as {@code convert_sqa_to_llava.py}.
 *
 * <p>Immutable; made for one split and one {@link ScienceQaFormat}.
 */
public final class ScienceQaConversion {
  private static final List<String> LETTERS = List.of("A", "B", "C", "D", "E");

  private record Case(String id, String image, ScienceQaFormat.Texts texts) {}

  private final List<Case> cases;

  private ScienceQaConversion(List<Case> cases) {
    this.cases = List.copyOf(cases);
  }

  /**
   * Reads {@code pid_splits.json} and {@code problems.json} of a folder.
   *
   * @throws EvaluationException if the split, a problem or a field of it is missing, or a problem
   *     has more than five choices
   */
  public static ScienceQaConversion read(
      Path folder, String split, ScienceQaFormat format, EvaluationOptions options)
      throws IOException {
    JsonFiles files = new JsonFiles(options);
    Path problems = folder.resolve("problems.json");
    JsonNode all = files.tree(problems);
    Path splits = folder.resolve("pid_splits.json");
    List<Case> cases = new ArrayList<>();
    for (JsonNode id : JsonFields.require(files.tree(splits), split, splits.toString())) {
      String where = problems + ", problem " + id.asText();
      JsonNode problem = JsonFields.require(all, id.asText(), problems.toString());
      cases.add(
          new Case(
              id.asText(), problem.path("image").asText(""), format.texts(parts(problem, where))));
    }
    return new ScienceQaConversion(cases);
  }

  private static ScienceQaFormat.Parts parts(JsonNode problem, String where) {
    JsonNode choices = JsonFields.require(problem, "choices", where);
    int answer = JsonFields.require(problem, "answer", where).asInt(-1);
    if (choices.size() > LETTERS.size() || answer < 0 || answer >= LETTERS.size()) {
      throw new EvaluationException(
          where
              + ": expected at most 5 choices and an answer from 0 to 4, found "
              + choices.size()
              + " and "
              + answer,
          "list index out of range",
          null);
    }
    List<String> options = new ArrayList<>();
    for (int i = 0; i < choices.size(); i++) {
      options.add("(" + LETTERS.get(i) + ") " + choices.get(i).asText());
    }
    return new ScienceQaFormat.Parts(
        JsonFields.text(problem, "question", where),
        JsonFields.text(problem, "hint", where),
        String.join(" ", options),
        LETTERS.get(answer),
        JsonFields.text(problem, "lecture", where),
        JsonFields.text(problem, "solution", where));
  }

  /** Returns the number of problems. */
  public int size() {
    return cases.size();
  }

  /**
   * Returns an indented JSON array of conversations, for training and {@code model-vqa-science}.
   */
  public String conversations() {
    ArrayNode records = JsonNodeFactory.instance.arrayNode();
    for (Case item : cases) {
      ObjectNode entry = identified(item);
      ArrayNode turns = entry.putArray("conversations");
      turns.addObject().put("from", "human").put("value", input(item));
      turns.addObject().put("from", "gpt").put("value", item.texts().output());
      records.add(entry);
    }
    return PythonJson.indented(records);
  }

  /** Returns JSON lines with {@code instruction} and {@code output}. */
  public String lines() {
    StringBuilder lines = new StringBuilder();
    for (Case item : cases) {
      ObjectNode entry = identified(item);
      entry.put("instruction", input(item)).put("output", item.texts().output());
      lines.append(PythonJson.line(entry)).append('\n');
    }
    return lines.toString();
  }

  private static ObjectNode identified(Case item) {
    ObjectNode entry = JsonNodeFactory.instance.objectNode().put("id", item.id());
    return item.image().isEmpty() ? entry : entry.put("image", item.id() + "/" + item.image());
  }

  private static String input(Case item) {
    return item.texts().input() + (item.image().isEmpty() ? "" : "\n<image>");
  }
}
