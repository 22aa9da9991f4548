package io.github.llavamed.eval.webpage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.python.PythonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** Makes the data file of the review page. Thread-safe. */
public final class ReviewPage {
  private static final Pattern SCORES = Pattern.compile("^\\p{Nd}+[, ]+\\p{Nd}+");

  private ReviewPage() {}

  /**
   * The files to read, JSON lines keyed by {@code question_id}. Immutable.
   *
   * @param questions with {@code category} and {@code text}
   * @param rival answers of the rival, named {@code vicuna} on the page
   * @param ours answers of the own model
   * @param reviews with {@code content} and {@code tuple}
   */
  public record Files(Path questions, Path rival, Path ours, Path reviews) {}

  /**
   * Returns the indented JSON text.
   *
   * @throws EvaluationException if a question is missing in an answer or review file
   */
  public static String data(Files files, EvaluationOptions options) throws IOException {
    JsonFiles json = new JsonFiles(options);
    Map<Long, JsonFiles.Line> rival = byQuestion(json, files.rival());
    Map<Long, JsonFiles.Line> ours = byQuestion(json, files.ours());
    Map<Long, JsonFiles.Line> reviews = byQuestion(json, files.reviews());
    List<ObjectNode> records = new ArrayList<>();
    for (Map.Entry<Long, JsonFiles.Line> entry : byQuestion(json, files.questions()).entrySet()) {
      JsonFiles.Line question = entry.getValue();
      JsonFiles.Line review = find(reviews, entry.getKey(), files.reviews());
      ObjectNode page = JsonNodeFactory.instance.objectNode();
      page.put("id", displayId(entry.getKey()));
      page.set("category", field(question, "category"));
      page.set("question", field(question, "text"));
      ObjectNode answers = page.putObject("answers");
      answers.set("vicuna", field(find(rival, entry.getKey(), files.rival()), "text"));
      answers.set("ours", field(find(ours, entry.getKey(), files.ours()), "text"));
      page.putObject("evaluations")
          .put("vicuna", clean(JsonFields.text(review.value(), "content", review.where())));
      page.putObject("scores").set("vicuna", field(review, "tuple"));
      records.add(page);
    }
    records.sort(Comparator.comparingLong(page -> page.get("id").longValue()));
    ObjectNode root = JsonNodeFactory.instance.objectNode();
    root.putArray("questions").addAll(records);
    root.putArray("models").add("vicuna");
    return PythonJson.indented(root);
  }

  private static JsonNode field(JsonFiles.Line line, String key) {
    return JsonFields.require(line.value(), key, line.where());
  }

  /** Sorts by identifier; of repeated identifiers the last line stays. */
  private static Map<Long, JsonFiles.Line> byQuestion(JsonFiles json, Path file)
      throws IOException {
    List<JsonFiles.Line> lines = new ArrayList<>(json.lines(file));
    lines.sort(Comparator.comparingLong(ReviewPage::questionId));
    Map<Long, JsonFiles.Line> byId = new LinkedHashMap<>();
    lines.forEach(line -> byId.put(questionId(line), line));
    return byId;
  }

  private static long questionId(JsonFiles.Line line) {
    JsonNode id = field(line, "question_id");
    if (!id.canConvertToLong() || !id.isIntegralNumber()) {
      throw new EvaluationException(
          line.where()
              + ": expected an integer under the key 'question_id', found "
              + JsonFields.kind(id));
    }
    return id.longValue();
  }

  private static JsonFiles.Line find(Map<Long, JsonFiles.Line> lines, long id, Path file) {
    JsonFiles.Line line = lines.get(id);
    if (line == null) {
      throw new EvaluationException(
          file + ": expected a line with question_id " + id + ", found none",
          Long.toString(id),
          null);
    }
    return line;
  }

  /** Returns the number under which the page shows a question: writing first, generic last. */
  public static long displayId(long questionId) {
    if (questionId == 77) {
      return 1;
    }
    if (questionId >= 71 && questionId <= 76) {
      return questionId - 69;
    }
    if (questionId >= 78 && questionId <= 80) {
      return questionId - 70;
    }
    if (questionId >= 21 && questionId <= 70) {
      return questionId - 10;
    }
    return questionId >= 1 && questionId <= 20 ? questionId + 60 : questionId - 20;
  }

  /** Returns a review without its line of scores, with the assistants in bold. */
  static String clean(String review) {
    String text = PythonText.strip(review);
    int end = text.indexOf('\n');
    String first = end < 0 ? text : text.substring(0, end);
    if (SCORES.matcher(first).find()) {
      text = end < 0 ? "" : text.substring(end + 1);
    }
    return text.replace("Assistant 1", "**Assistant 1**").replace("Assistant 2", "**Assistant 2**");
  }
}
