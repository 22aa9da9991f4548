package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.AppendLog;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.python.PythonText;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeRequest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * Has a judge compare the answers of two models, with or without captions and boxes of the image.
 *
 * <p>All requests are made up before the first one is sent; every review is appended to the output
 * at once; beside the output stands who judged what, see {@link
 * io.github.llavamed.eval.ProvenanceFile}. Confined to one thread.
 */
public final class PairwiseReview {
  /** The model of the original. */
  public static final String MODEL = "gpt-4";

  private static final double TEMPERATURE = 0.2;

  private final OrderedRequests requests;
  private final int maxTokens;
  private final EvaluationOptions options;

  /** Creates the program that asks one thing at a time. */
  public PairwiseReview(ChatJudge judge, int maxTokens, EvaluationOptions options) {
    this(judge, maxTokens, options, 1);
  }

  /**
   * Creates the program.
   *
   * @param maxTokens longest review; the original's default is 1024
   * @param concurrency most requests under way, at least 1; above 1 the judge must be safe for
   *     concurrent use
   */
  public PairwiseReview(
      ChatJudge judge, int maxTokens, EvaluationOptions options, int concurrency) {
    this.requests = new OrderedRequests(judge, concurrency);
    this.maxTokens = maxTokens;
    this.options = options;
  }

  /**
   * The files. Immutable.
   *
   * @param questions JSON lines with {@code question_id}, {@code text}, {@code category}
   * @param first answers of the first model
   * @param second answers of the second model
   * @param rules JSON object of category → {@code prompt} and {@code role}
   * @param context captions and boxes by image for the visual review, or null for the text review
   * @param output file that is written
   * @param resume whether reviews already in the output are kept and not asked for again
   */
  public record ReviewFiles(
      Path questions,
      Path first,
      Path second,
      Path rules,
      @Nullable Path context,
      Path output,
      boolean resume) {}

  private record Case(ObjectNode line, JudgeRequest request) {}

  /**
   * Reviews the pairs, up to the end of the shortest file.
   *
   * @throws EvaluationException if a category has no rule, a field is missing, or reviews that are
   *     kept are another judge's or of other answers
   * @throws io.github.llavamed.metric.RemoteJudgeException if the judge fails
   */
  public void run(ReviewFiles files, Appendable out) throws IOException {
    StringBuilder complaints = new StringBuilder();
    try (AppendLog log = AppendLog.open(files.output(), !files.resume(), options)) {
      List<Case> all = cases(files);
      requireSamePairs(log.lines(), all);
      record(files).write(files.output(), log.lines().size(), options);
      List<Case> cases = all.subList(log.lines().size(), all.size());
      requests.run(
          cases.stream().map(Case::request).toList(),
          (index, reply) -> {
            ObjectNode line = cases.get(index).line();
            out.append("success!\n");
            complaints.append(addReview(line, reply.text()));
            log.append(line);
          });
    }
    out.append(complaints);
  }

  /** Every review that is kept must be of the pair at its place. */
  private static void requireSamePairs(List<JsonFiles.Line> lines, List<Case> cases) {
    for (int i = 0; i < lines.size(); i++) {
      ObjectNode wanted = i < cases.size() ? cases.get(i).line() : null;
      for (String key : List.of("id", "question_id", "answer1_id", "answer2_id", "category")) {
        String expected = wanted == null ? "no line" : String.valueOf(wanted.get(key));
        String found = String.valueOf(lines.get(i).value().get(key));
        if (!expected.equals(found)) {
          throw new EvaluationException(
              "%s: expected the %s %s of this run, found %s; name another output, or start anew"
                  .formatted(lines.get(i).where(), key, expected, found));
        }
      }
    }
  }

  private JudgeRecord record(ReviewFiles files) {
    Map<String, Path> inputs = new HashMap<>();
    inputs.put("questions", files.questions());
    inputs.put("answers1", files.first());
    inputs.put("answers2", files.second());
    inputs.put("rules", files.rules());
    Path context = files.context();
    if (context != null) {
      inputs.put("context", context);
    }
    return new JudgeRecord(
        context == null ? "llava-med-review" : "llava-med-review-visual",
        Map.of(
            "judge.model",
            MODEL,
            "judge.temperature",
            Double.toString(TEMPERATURE),
            "judge.max_tokens",
            Integer.toString(maxTokens)),
        inputs);
  }

  /** Adds reply and scores to a line; returns what the original complains about. */
  private static String addReview(ObjectNode line, String reply) {
    ReviewScores scores = ReviewScores.parse(reply);
    line.put("content", reply);
    var tuple = line.putArray("tuple");
    if (scores.failed()) {
      tuple.add(-1).add(-1);
    } else {
      tuple.add(scores.first()).add(scores.second());
    }
    return scores.complaint();
  }

  private List<Case> cases(ReviewFiles files) throws IOException {
    JsonFiles json = new JsonFiles(options);
    List<JsonFiles.Line> questions = json.lines(files.questions());
    List<JsonFiles.Line> first = json.lines(files.first());
    List<JsonFiles.Line> second = json.lines(files.second());
    JsonNode rules = json.tree(files.rules());
    Map<String, JsonNode> images = images(json, files.context());
    List<Case> cases = new ArrayList<>();
    int count = Math.min(questions.size(), Math.min(first.size(), second.size()));
    for (int i = 0; i < count; i++) {
      JsonFiles.Line question = questions.get(i);
      String category = text(question, "category");
      JsonNode rule = rule(rules, category, files);
      String context =
          files.context() == null ? "" : context(images, text(question, "image"), question);
      ObjectNode line = JsonNodeFactory.instance.objectNode();
      line.put("id", i + 1);
      line.set(
          "question_id", JsonFields.require(question.value(), "question_id", question.where()));
      line.set("answer1_id", answerId(first.get(i)));
      line.set("answer2_id", answerId(second.get(i)));
      line.put("category", category);
      cases.add(
          new Case(
              line,
              request(
                  context,
                  text(question, "text"),
                  List.of(text(first.get(i), "text"), text(second.get(i), "text")),
                  rule)));
    }
    return cases;
  }

  private JudgeRequest request(
      String context, String question, List<String> answers, JsonNode rule) {
    return new JudgeRequest(
        MODEL,
        JudgePrompts.review(
            context,
            question,
            answers,
            JsonFields.text(rule, "role", "rule"),
            JsonFields.text(rule, "prompt", "rule")),
        OptionalDouble.of(TEMPERATURE),
        OptionalInt.of(maxTokens));
  }

  private static String text(JsonFiles.Line line, String key) {
    return JsonFields.text(line.value(), key, line.where());
  }

  private static JsonNode answerId(JsonFiles.Line answer) {
    JsonNode id = answer.value().get("answer_id");
    return id != null ? id : JsonFields.require(answer.value(), "question_id", answer.where());
  }

  private static JsonNode rule(JsonNode rules, String category, ReviewFiles files) {
    JsonNode rule = rules.get(category);
    if (rule == null && files.context() == null) {
      rule = rules.get("default");
    }
    if (rule == null) {
      throw new EvaluationException(
          files.rules()
              + ": expected a rule for the category '"
              + category
              + "'"
              + (files.context() == null ? " or 'default'" : "")
              + ", found none",
          files.context() == null
              ? PythonText.quote("default")
              : "Visual QA category not found in rule file: " + category + ".",
          null);
    }
    return rule;
  }

  private static Map<String, JsonNode> images(JsonFiles json, @Nullable Path file)
      throws IOException {
    Map<String, JsonNode> images = new HashMap<>();
    if (file != null) {
      for (JsonFiles.Line line : json.lines(file)) {
        images.put(text(line, "image"), line.value());
      }
    }
    return images;
  }

  private static String context(
      Map<String, JsonNode> images, String image, JsonFiles.Line question) {
    JsonNode found = images.get(image);
    if (found == null) {
      throw new EvaluationException(
          question.where() + ": expected context for the image '" + image + "', found none",
          PythonText.quote(image),
          null);
    }
    String where = "context of " + image;
    List<String> captions = new ArrayList<>();
    JsonFields.require(found, "captions", where)
        .forEach(caption -> captions.add(PythonJson.pythonText(caption)));
    List<String> boxes = new ArrayList<>();
    JsonFields.require(found, "instances", where)
        .forEach(
            instance ->
                boxes.add(
                    PythonJson.pythonText(JsonFields.require(instance, "category", where))
                        + ": "
                        + PythonJson.pythonText(JsonFields.require(instance, "bbox", where))));
    return "[Context]\n" + String.join("\n", captions) + "\n\n" + String.join("\n", boxes) + "\n\n";
  }
}
