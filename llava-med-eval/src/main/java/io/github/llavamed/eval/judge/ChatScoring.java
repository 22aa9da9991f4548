package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonText;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.EmptyReplyException;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Has a judge score the answers of the chat benchmark, and prints what the original prints.
 *
 * <p>Requests go out one after the other, or several at a time. Every finished answer is appended
 * to the scores file at once, in order, so that a run that failed can be resumed. Beside the file
 * stands who judged what, see {@link io.github.llavamed.eval.ProvenanceFile}. Confined to one
 * thread.
 */
public final class ChatScoring {
  private static final int PASSES = 30;
  private static final int BATCH = 3;

  /** Stands for a reply without text, which v1.0 leaves out. */
  private static final JudgeReply NOTHING = new JudgeReply("(no text)", 0, 0);

  private final String model;
  private final ChatSummary.Version version;
  private final EvaluationOptions options;
  private final OrderedRequests requests;

  /** Creates the program that asks one thing at a time. */
  public ChatScoring(
      ChatJudge judge, String model, ChatSummary.Version version, EvaluationOptions options) {
    this(judge, model, version, options, 1);
  }

  /**
   * Creates the program.
   *
   * @param judge who scores; wrap it to retry, record or cap
   * @param model model or deployment; the original of v1.5 takes {@code gpt-4-0314}
   * @param version prompts, fields and console text of which release
   * @param concurrency most requests under way, at least 1; above 1 the judge must be safe for
   *     concurrent use. The program of v1.0 never has more than its batch of three under way
   */
  public ChatScoring(
      ChatJudge judge,
      String model,
      ChatSummary.Version version,
      EvaluationOptions options,
      int concurrency) {
    boolean skips = version == ChatSummary.Version.V1_0;
    this.requests = new OrderedRequests(skips ? skippingEmpty(judge) : judge, concurrency);
    this.model = model;
    this.version = version;
    this.options = options;
  }

  /**
   * The files. Immutable.
   *
   * @param questions JSON lines of the benchmark
   * @param answers JSON lines of the model, in the same order
   * @param scores file that is written; its folder is made if need be
   * @param resume whether answers already in the scores file are kept and not asked again
   */
  public record ChatFiles(Path questions, Path answers, Path scores, boolean resume) {}

  /**
   * Scores the answers.
   *
   * <p>The program of v1.0 tries batches again in up to 30 passes if a busy or broken service
   * failed them, leaves out replies without text, and ends with the summary; that of v1.5 ends at
   * the first failure.
   *
   * @throws RemoteJudgeException if the judge fails; (v1.0) in a way that time will not mend
   * @throws io.github.llavamed.eval.EvaluationException if a file is not what it should be,
   *     verdicts that are kept are another judge's or about other answers, or (v1.0) a reply holds
   *     no scores
   */
  public void run(ChatFiles files, Appendable out) throws IOException {
    JsonFiles json = new JsonFiles(options);
    ChatSamples samples = new ChatSamples(version, options.quirks());
    List<ObjectNode> all = samples.join(json.lines(files.questions()), json.lines(files.answers()));
    try (VerdictLog verdicts = VerdictLog.open(files, all, options)) {
      record(files).write(files.scores(), verdicts.size(), options);
      if (version == ChatSummary.Version.V1_0) {
        runPasses(all, samples, verdicts, out);
      } else {
        out.append("Starting Multimodal Chat GPT Scoring Eval\n");
        score(remaining(all, verdicts), samples, result -> verdicts.add(List.of(result)));
        out.append("Result Size: ").append(Integer.toString(verdicts.size())).append('\n');
      }
    }
  }

  private JudgeRecord record(ChatFiles files) {
    boolean old = version == ChatSummary.Version.V1_0;
    return new JudgeRecord(
        "llava-med-chat-" + (old ? "v1.0" : "v1.5"),
        Map.of(
            "judge.model",
            model,
            "judge.temperature",
            "0",
            "judge.quirks",
            options.quirks().toString()),
        Map.of("questions", files.questions(), "answers", files.answers()));
  }

  private void runPasses(
      List<ObjectNode> all, ChatSamples samples, VerdictLog verdicts, Appendable out)
      throws IOException {
    Set<SampleId> done = verdicts.ids();
    for (int pass = 0; pass < PASSES; pass++) {
      done = verdicts.ids();
      List<ObjectNode> todo = remaining(all, verdicts);
      for (int start = 0; start <= todo.size(); start += BATCH) {
        List<ObjectNode> batch = todo.subList(start, Math.min(todo.size(), start + BATCH));
        runBatch(batch, samples, verdicts, out);
        out.append("Result Size: ").append(Integer.toString(verdicts.size())).append('\n');
      }
    }
    Set<SampleId> open = new HashSet<>();
    all.forEach(sample -> open.add(ChatSamples.id(sample, "sample")));
    out.append("all samples: %d\nran samples: %d\n".formatted(open.size(), done.size()));
    open.removeAll(done);
    out.append("to be run samples: %d\n".formatted(open.size()));
    List<ChatVerdict> parsed = new ArrayList<>();
    for (ObjectNode verdict : verdicts.all()) {
      parsed.add(ChatVerdict.of(verdict, version, "question " + verdict.path("question_id")));
    }
    out.append(ChatSummary.of(parsed, version).text());
  }

  /** A batch of which any request fails counts for nothing, and is tried again in a later pass. */
  private void runBatch(
      List<ObjectNode> batch, ChatSamples samples, VerdictLog verdicts, Appendable out)
      throws IOException {
    List<ObjectNode> scored = new ArrayList<>();
    try {
      score(batch, samples, scored::add);
      verdicts.add(scored);
    } catch (RemoteJudgeException e) {
      if (!e.isRetryable()) {
        verdicts.add(scored); // Paid for: a resumed run does not ask again.
        throw e;
      }
      out.append("Error in call_async: ").append(e.getMessage()).append('\n');
    }
  }

  private static List<ObjectNode> remaining(List<ObjectNode> all, VerdictLog verdicts) {
    Set<SampleId> done = verdicts.ids();
    return all.stream().filter(s -> !done.contains(ChatSamples.id(s, "sample"))).toList();
  }

  @SuppressWarnings("ReferenceEquality") // NOTHING is known by its identity
  private static boolean isNothing(JudgeReply reply) {
    return reply == NOTHING;
  }

  private static ChatJudge skippingEmpty(ChatJudge judge) {
    return request -> {
      try {
        return judge.ask(request);
      } catch (EmptyReplyException e) {
        return NOTHING;
      }
    };
  }

  /** Takes one scored sample. */
  private interface Scored {
    void accept(ObjectNode result) throws IOException;
  }

  private void score(List<ObjectNode> todo, ChatSamples samples, Scored receiver)
      throws IOException {
    List<JudgeRequest> asked = new ArrayList<>();
    for (ObjectNode sample : todo) {
      asked.add(
          new JudgeRequest(
              model,
              JudgePrompts.chat(samples.describe(sample), version),
              OptionalDouble.of(0),
              OptionalInt.empty()));
    }
    requests.run(
        asked,
        (index, reply) -> {
          if (isNothing(reply)) {
            return;
          }
          ObjectNode result = todo.get(index).deepCopy();
          boolean raw = version == ChatSummary.Version.V1_0;
          result.put(version.replyField(), raw ? reply.text() : PythonText.strip(reply.text()));
          receiver.accept(result);
        });
  }
}
