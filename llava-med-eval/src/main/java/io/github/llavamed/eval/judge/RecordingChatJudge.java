package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Passes requests on and appends each with its reply to a cassette, for {@link RecordedChatJudge}.
 *
 * <p>The cassette is JSON lines with {@code request}, {@code reply}, {@code prompt_tokens}, {@code
 * completion_tokens}; it holds no credentials. Safe for concurrent use if the judge behind it is.
 */
public final class RecordingChatJudge implements ChatJudge {
  private final ChatJudge judge;
  private final Path cassette;

  /** Creates a recorder that appends to a file, which need not exist. */
  public RecordingChatJudge(ChatJudge judge, Path cassette) {
    this.judge = judge;
    this.cassette = cassette;
  }

  @Override
  public JudgeReply ask(JudgeRequest request) {
    JudgeReply reply = judge.ask(request);
    ObjectNode line = JsonNodeFactory.instance.objectNode();
    line.set("request", JudgeJson.request(request));
    line.put("reply", reply.text());
    line.put("prompt_tokens", reply.promptTokens());
    line.put("completion_tokens", reply.completionTokens());
    append(PythonJson.line(line) + "\n");
    return reply;
  }

  private synchronized void append(String line) {
    try {
      Files.writeString(cassette, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new RemoteJudgeException(
          cassette + ": expected to append a reply, found " + e + "; free the file or disk",
          false,
          e);
    }
  }
}
