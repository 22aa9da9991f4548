package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.AppendLog;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** The verdicts of a run: those that were kept, and each new one at once in the file. */
final class VerdictLog implements AutoCloseable {
  private final AppendLog log;
  private final List<ObjectNode> verdicts = new ArrayList<>();

  private VerdictLog(AppendLog log) {
    this.log = log;
  }

  /**
   * Opens the scores file.
   *
   * @throws EvaluationException if a verdict that is kept is on another answer
   */
  static VerdictLog open(
      ChatScoring.ChatFiles files, List<ObjectNode> samples, EvaluationOptions options)
      throws IOException {
    VerdictLog verdicts = new VerdictLog(AppendLog.open(files.scores(), !files.resume(), options));
    try {
      for (JsonFiles.Line line : verdicts.log.lines()) {
        requireSameAnswer(line, samples);
        verdicts.verdicts.add((ObjectNode) line.value());
      }
      return verdicts;
    } catch (RuntimeException e) {
      verdicts.close();
      throw e;
    }
  }

  /** A verdict on an answer that has changed since is not one on the answer that is there. */
  private static void requireSameAnswer(JsonFiles.Line verdict, List<ObjectNode> samples) {
    SampleId id = ChatSamples.id(verdict.value(), verdict.where());
    JsonNode judged = verdict.value().get("ans2");
    List<ObjectNode> own =
        samples.stream().filter(s -> ChatSamples.id(s, "sample").equals(id)).toList();
    if (!own.isEmpty() && own.stream().noneMatch(s -> s.get("ans2").equals(judged))) {
      throw new EvaluationException(
          verdict.where()
              + ": expected a verdict on the answer to question "
              + id.text()
              + " that is judged now, found one on another answer; name another scores file, or"
              + " start anew");
    }
  }

  /** Returns all verdicts so far, oldest first. */
  List<ObjectNode> all() {
    return List.copyOf(verdicts);
  }

  int size() {
    return verdicts.size();
  }

  /** Returns the questions that have a verdict. */
  Set<SampleId> ids() {
    Set<SampleId> ids = new HashSet<>();
    verdicts.forEach(verdict -> ids.add(ChatSamples.id(verdict, "verdict")));
    return ids;
  }

  void add(List<ObjectNode> more) throws IOException {
    for (ObjectNode verdict : more) {
      log.append(verdict);
      verdicts.add(verdict);
    }
  }

  @Override
  public void close() throws IOException {
    log.close();
  }
}
