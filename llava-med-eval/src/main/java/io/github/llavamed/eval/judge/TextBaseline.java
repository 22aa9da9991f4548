package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.SampleIds;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.text.Sha256;
import io.github.llavamed.eval.internal.text.ShortIds;
import io.github.llavamed.eval.internal.text.WholeFile;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeMessage;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Answers text questions with a chat model, as the original's GPT-3.5 baseline.
 *
 * <p>Requests go out one after the other, or several at a time. Confined to one thread.
 */
public final class TextBaseline {
  private static final String MODEL = "gpt-3.5-turbo";
  private static final String MODEL_ID = "gpt-3.5-turbo:20230327";
  private static final String SYSTEM = "You are a helpful assistant.";
  private static final int ATTEMPTS = 3;

  private final ChatJudge model;
  private final int maxTokens;
  private final EvaluationOptions options;
  private final RandomGenerator random;
  private final int concurrency;

  /** Creates the program that asks one thing at a time. */
  public TextBaseline(
      ChatJudge model, int maxTokens, EvaluationOptions options, RandomGenerator random) {
    this(model, maxTokens, options, random, 1);
  }

  /**
   * Creates the program.
   *
   * @param maxTokens longest answer; the original's default is 1024
   * @param random source of the answers' identifiers
   * @param concurrency most requests under way, at least 1; above 1 the model must be safe for
   *     concurrent use
   */
  public TextBaseline(
      ChatJudge model,
      int maxTokens,
      EvaluationOptions options,
      RandomGenerator random,
      int concurrency) {
    this.concurrency = concurrency;
    this.model = model;
    this.maxTokens = maxTokens;
    this.options = options;
    this.random = random;
  }

  /**
   * The files. Immutable.
   *
   * @param questions JSON lines with {@code question_id} and {@code text}
   * @param output file that is written; its folder is made if need be
   * @param overwrite whether answers already in the output are thrown away; else they are kept and
   *     their questions not asked again
   */
  public record BaselineFiles(Path questions, Path output, boolean overwrite) {}

  private record Question(JsonNode id, String text) {}

  /**
   * Answers each question that has no answer yet, of repeated identifiers the last text.
   *
   * <p>Every answer is appended to the output at once, in the order of the questions, so that a run
   * that was interrupted goes on where it ended. The last step replaces the output by its lines
   * sorted by identifier, without final line end, as the original writes them. A question whose
   * requests all failed gets the text {@code #ERROR#}, and is asked again by the next run. Beside
   * the output stands who answered what, see {@link io.github.llavamed.eval.ProvenanceFile}.
   *
   * @throws io.github.llavamed.eval.EvaluationException if a question is not what it should be, or
   *     answers that are kept were made in another way or to other questions
   * @throws IOException if a file cannot be read or written
   */
  public void run(BaselineFiles files, Appendable out) throws IOException {
    Map<SampleId, Question> questions = questions(files.questions());
    List<ObjectNode> sorted = new ArrayList<>();
    try (BaselineLog answers =
        BaselineLog.open(files, Set.copyOf(questions.keySet()), MODEL_ID, options)) {
      record(files).write(files.output(), answers.size(), options);
      ask(questions, answers, out);
      for (SampleId id : questions.keySet()) {
        sorted.add(Objects.requireNonNull(answers.get(id), "answer"));
      }
    }
    sorted.sort(
        Comparator.comparing((ObjectNode a) -> a.get("question_id").decimalValue())
            .thenComparing(a -> a.get("question_id").asText()));
    WholeFile.write(
        files.output(), String.join("\n", sorted.stream().map(PythonJson::line).toList()));
  }

  private Map<SampleId, Question> questions(Path file) throws IOException {
    Map<SampleId, Question> questions = new LinkedHashMap<>();
    for (JsonFiles.Line line : new JsonFiles(options).lines(file)) {
      JsonNode id = JsonFields.require(line.value(), "question_id", line.where());
      questions.merge(
          SampleIds.of(id),
          new Question(id, JsonFields.text(line.value(), "text", line.where())),
          (first, last) -> new Question(first.id(), last.text()));
    }
    return questions;
  }

  /** The output does not hold the questions' texts: the hash of their file stands for them. */
  private JudgeRecord record(BaselineFiles files) throws IOException {
    return new JudgeRecord(
        "llava-med-baseline-gpt35",
        Map.of(
            "judge.model",
            MODEL,
            "judge.max_tokens",
            Integer.toString(maxTokens),
            "judge.questions",
            Sha256.of(files.questions())),
        Map.of("questions", files.questions()));
  }

  private void ask(Map<SampleId, Question> questions, BaselineLog answers, Appendable out)
      throws IOException {
    List<Map.Entry<SampleId, Question>> open =
        questions.entrySet().stream().filter(e -> answers.get(e.getKey()) == null).toList();
    StringBuffer complaints = new StringBuffer(); // threads share it
    new OrderedRequests(request -> reply(request, complaints), concurrency)
        .run(
            open.stream().map(entry -> request(entry.getValue().text())).toList(),
            (index, reply) -> {
              ObjectNode answer = JsonNodeFactory.instance.objectNode();
              answer.put("answer_id", ShortIds.next(random));
              answer.set("question_id", open.get(index).getValue().id());
              answer.put("model_id", MODEL_ID);
              answer.put("text", reply.text());
              answers.add(open.get(index).getKey(), answer);
            });
    out.append(complaints);
  }

  private JudgeRequest request(String question) {
    return new JudgeRequest(
        MODEL,
        List.of(JudgeMessage.system(SYSTEM), JudgeMessage.user(question)),
        OptionalDouble.empty(),
        OptionalInt.of(maxTokens));
  }

  private JudgeReply reply(JudgeRequest request, StringBuffer complaints) {
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      try {
        return model.ask(request);
      } catch (RemoteJudgeException e) {
        complaints.append("[ERROR] " + e.getMessage() + "\n");
        if (!e.isRetryable()) {
          break;
        }
      }
    }
    return new JudgeReply(BaselineLog.FAILED, 0, 0);
  }
}
