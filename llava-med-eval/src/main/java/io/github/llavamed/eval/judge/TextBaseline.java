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
import java.util.OptionalDouble;
import java.util.OptionalInt;
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
  private static final String FAILED = "#ERROR#";
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
   * Answers each question once, of repeated identifiers the last text; writes JSON lines sorted by
   * identifier, without final line end. The output appears whole, and beside it who answered what,
   * see {@link io.github.llavamed.eval.ProvenanceFile}.
   */
  public void run(Path questions, Path output, Appendable out) throws IOException {
    Map<SampleId, ObjectNode> records = new LinkedHashMap<>();
    Map<SampleId, String> texts = new LinkedHashMap<>();
    for (JsonFiles.Line line : new JsonFiles(options).lines(questions)) {
      JsonNode id = JsonFields.require(line.value(), "question_id", line.where());
      ObjectNode answer = JsonNodeFactory.instance.objectNode();
      answer.put("answer_id", "");
      answer.set("question_id", id);
      records.putIfAbsent(SampleIds.of(id), answer);
      texts.put(SampleIds.of(id), JsonFields.text(line.value(), "text", line.where()));
    }
    List<SampleId> ids = List.copyOf(texts.keySet());
    StringBuffer complaints = new StringBuffer(); // threads share it
    new OrderedRequests(request -> reply(request, complaints), concurrency)
        .run(
            texts.values().stream().map(this::request).toList(),
            (index, reply) -> {
              ObjectNode answer = records.get(ids.get(index));
              if (answer != null) {
                answer.put("answer_id", ShortIds.next(random));
                answer.put("model_id", MODEL_ID);
                answer.put("text", reply.text());
              }
            });
    out.append(complaints);
    List<ObjectNode> sorted = new ArrayList<>(records.values());
    sorted.sort(
        Comparator.comparing((ObjectNode a) -> a.get("question_id").decimalValue())
            .thenComparing(a -> a.get("question_id").asText()));
    WholeFile.write(output, String.join("\n", sorted.stream().map(PythonJson::line).toList()));
    Map<String, String> settings =
        Map.of("judge.model", MODEL, "judge.max_tokens", Integer.toString(maxTokens));
    new JudgeRecord("llava-med-baseline-gpt35", settings, Map.of("questions", questions))
        .write(output, 0, options);
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
    return new JudgeReply(FAILED, 0, 0);
  }
}
