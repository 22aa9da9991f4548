package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.python.PythonText;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.Set;

/**
 * Has a judge score the answers of the chat benchmark, and prints what the original prints.
 *
 * <p>Requests go out one after the other, or several at a time. Every finished answer is appended
 * to the scores file at once, in order, so that a run that failed can be resumed. Confined to one
 * thread.
 */
public final class ChatScoring {
  private static final int PASSES = 30;
  private static final int BATCH = 3;

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
    this.requests = new OrderedRequests(judge, concurrency);
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
   * <p>The program of v1.0 tries failed batches again in up to 30 passes and ends with the summary;
   * that of v1.5 ends at the first failure.
   *
   * @throws RemoteJudgeException (v1.5) if the judge fails
   * @throws io.github.llavamed.eval.EvaluationException if a file is not what it should be, or
   *     (v1.0) a reply holds no scores
   */
  public void run(ChatFiles files, Appendable out) throws IOException {
    JsonFiles json = new JsonFiles(options);
    ChatSamples samples = new ChatSamples(version, options.quirks());
    List<ObjectNode> all = samples.join(json.lines(files.questions()), json.lines(files.answers()));
    List<ObjectNode> results = start(files, json);
    if (version == ChatSummary.Version.V1_0) {
      runPasses(all, samples, results, files.scores(), out);
    } else {
      out.append("Starting Multimodal Chat GPT Scoring Eval\n");
      score(
          remaining(all, results),
          samples,
          result -> finish(List.of(result), results, files.scores()));
      out.append("Result Size: ").append(Integer.toString(results.size())).append('\n');
    }
  }

  private static List<ObjectNode> start(ChatFiles files, JsonFiles json) throws IOException {
    Path parent = files.scores().toAbsolutePath().getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    List<ObjectNode> results = new ArrayList<>();
    if (files.resume() && Files.exists(files.scores())) {
      for (JsonFiles.Line line : json.lines(files.scores())) {
        ChatSamples.id(line.value(), line.where());
        results.add((ObjectNode) line.value());
      }
    } else {
      Files.writeString(files.scores(), "");
    }
    return results;
  }

  private void runPasses(
      List<ObjectNode> all,
      ChatSamples samples,
      List<ObjectNode> results,
      Path scores,
      Appendable out)
      throws IOException {
    Set<SampleId> done = ids(results);
    for (int pass = 0; pass < PASSES; pass++) {
      done = ids(results);
      List<ObjectNode> todo = remaining(all, results);
      for (int start = 0; start <= todo.size(); start += BATCH) {
        List<ObjectNode> batch = todo.subList(start, Math.min(todo.size(), start + BATCH));
        try {
          List<ObjectNode> scored = new ArrayList<>();
          score(batch, samples, scored::add);
          finish(scored, results, scores);
        } catch (RemoteJudgeException e) {
          out.append("Error in call_async: ").append(e.getMessage()).append('\n');
        }
        out.append("Result Size: ").append(Integer.toString(results.size())).append('\n');
      }
    }
    Set<SampleId> open = ids(all);
    out.append("all samples: %d\nran samples: %d\n".formatted(open.size(), done.size()));
    open.removeAll(done);
    out.append("to be run samples: %d\n".formatted(open.size()));
    List<ChatVerdict> verdicts = new ArrayList<>();
    for (ObjectNode result : results) {
      verdicts.add(ChatVerdict.of(result, version, "question " + result.path("question_id")));
    }
    out.append(ChatSummary.of(verdicts, version).text());
  }

  private static Set<SampleId> ids(List<ObjectNode> samples) {
    Set<SampleId> ids = new HashSet<>();
    samples.forEach(sample -> ids.add(ChatSamples.id(sample, "sample")));
    return ids;
  }

  private static List<ObjectNode> remaining(List<ObjectNode> all, List<ObjectNode> results) {
    Set<SampleId> done = ids(results);
    return all.stream().filter(s -> !done.contains(ChatSamples.id(s, "sample"))).toList();
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
          ObjectNode result = todo.get(index).deepCopy();
          boolean raw = version == ChatSummary.Version.V1_0;
          result.put(version.replyField(), raw ? reply.text() : PythonText.strip(reply.text()));
          receiver.accept(result);
        });
  }

  private static void finish(List<ObjectNode> scored, List<ObjectNode> results, Path file)
      throws IOException {
    StringBuilder lines = new StringBuilder();
    scored.forEach(result -> lines.append(PythonJson.line(result)).append('\n'));
    Files.writeString(file, lines, StandardOpenOption.APPEND);
    results.addAll(scored);
  }
}
