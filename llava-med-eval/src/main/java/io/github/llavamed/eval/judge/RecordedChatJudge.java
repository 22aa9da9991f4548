package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;

/**
 * Answers from a cassette, without a network.
 *
 * <p>A request must equal a recorded one; the same request recorded several times gives its replies
 * in order, each once. Safe for concurrent use.
 */
public final class RecordedChatJudge implements ChatJudge {
  private final Map<String, Queue<JudgeReply>> replies;
  private final Path cassette;

  private RecordedChatJudge(Map<String, Queue<JudgeReply>> replies, Path cassette) {
    this.replies = replies;
    this.cassette = cassette;
  }

  /**
   * Reads a cassette.
   *
   * @throws io.github.llavamed.eval.EvaluationException if a line is not a recorded request
   */
  public static RecordedChatJudge read(Path cassette, EvaluationOptions options)
      throws IOException {
    Map<String, Queue<JudgeReply>> replies = new HashMap<>();
    for (JsonFiles.Line line : new JsonFiles(options).lines(cassette)) {
      JsonNode request = JsonFields.require(line.value(), "request", line.where());
      replies
          .computeIfAbsent(PythonJson.line(request), key -> new ArrayDeque<>())
          .add(
              new JudgeReply(
                  JsonFields.text(line.value(), "reply", line.where()),
                  line.value().path("prompt_tokens").asInt(),
                  line.value().path("completion_tokens").asInt()));
    }
    return new RecordedChatJudge(replies, cassette);
  }

  @Override
  public synchronized JudgeReply ask(JudgeRequest request) {
    Queue<JudgeReply> recorded = replies.get(PythonJson.line(JudgeJson.request(request)));
    JudgeReply reply = recorded == null ? null : recorded.poll();
    if (reply == null) {
      throw new RemoteJudgeException(
          cassette
              + ": expected a recording of this request to "
              + request.model()
              + ", found "
              + (recorded == null ? "none" : "all its replies used")
              + "; record it again",
          false,
          null);
    }
    return reply;
  }
}
