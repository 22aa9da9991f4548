package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.eval.internal.data.SampleIds;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Joins chat questions with answers, and tells the judge about them. */
final class ChatSamples {
  private static final Logger LOG = LoggerFactory.getLogger(ChatSamples.class);

  /** The original drops what should be a line end and the image placeholder. */
  private static final int BLIND_CUT = 8;

  private static final String IMAGE_LINE = "\n<image>";

  private final ChatSummary.Version version;
  private final EvaluationQuirks quirks;

  ChatSamples(ChatSummary.Version version, EvaluationQuirks quirks) {
    this.version = version;
    this.quirks = quirks;
  }

  /** Returns the questions with what the judge is told added: question and both answers. */
  List<ObjectNode> join(List<JsonFiles.Line> questions, List<JsonFiles.Line> answers) {
    List<JsonFiles.Line> partners =
        quirks.keeps(EvaluationQuirk.PAIRING_BY_POSITION)
            ? answers
            : byQuestion(questions, answers);
    int count = Math.min(questions.size(), partners.size());
    if (questions.size() != partners.size()) {
      LOG.warn(
          "{} questions but {} answers: the first {} are scored",
          questions.size(),
          partners.size(),
          count);
    }
    List<ObjectNode> samples = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      JsonFiles.Line question = questions.get(i);
      JsonFiles.Line answer = partners.get(i);
      warnOfOtherId(question, answer);
      ObjectNode sample = question.value().deepCopy();
      sample.put("question", question(JsonFields.text(sample, "text", question.where())));
      sample.set("ans1", JsonFields.require(sample, "gpt4_answer", question.where()));
      sample.set("ans2", JsonFields.require(answer.value(), "text", answer.where()));
      samples.add(sample);
    }
    return samples;
  }

  private static void warnOfOtherId(JsonFiles.Line question, JsonFiles.Line answer) {
    JsonNode other = answer.value().get("question_id");
    if (other != null && !SampleIds.of(other).equals(id(question.value(), question.where()))) {
      LOG.warn("{} answers another question than {}", answer.where(), question.where());
    }
  }

  private static List<JsonFiles.Line> byQuestion(
      List<JsonFiles.Line> questions, List<JsonFiles.Line> answers) {
    Map<SampleId, JsonFiles.Line> byId = new HashMap<>();
    answers.forEach(answer -> byId.put(id(answer.value(), answer.where()), answer));
    List<JsonFiles.Line> partners = new ArrayList<>();
    for (JsonFiles.Line question : questions) {
      JsonFiles.Line answer = byId.get(id(question.value(), question.where()));
      if (answer == null) {
        throw new EvaluationException(
            question.where()
                + ": expected an answer with question_id "
                + id(question.value(), question.where())
                + ", found none");
      }
      partners.add(answer);
    }
    return partners;
  }

  static SampleId id(JsonNode sample, String where) {
    return SampleIds.of(JsonFields.require(sample, "question_id", where));
  }

  private String question(String text) {
    if (!quirks.keeps(EvaluationQuirk.BLIND_QUESTION_CUT)) {
      return text.endsWith(IMAGE_LINE)
          ? text.substring(0, text.length() - IMAGE_LINE.length())
          : text;
    }
    if (version == ChatSummary.Version.V1_5) {
      return text;
    }
    int length = text.codePointCount(0, text.length());
    return text.substring(0, text.offsetByCodePoints(0, Math.max(0, length - BLIND_CUT)));
  }

  /** Returns what the judge is told about a sample. */
  JudgePrompts.ChatCase describe(ObjectNode sample) {
    String where = "question " + sample.path("question_id").asText();
    return new JudgePrompts.ChatCase(
        shown(sample, "fig_label", where) + ": " + shown(sample, "fig_caption", where),
        context(JsonFields.require(sample, "in_text_mention", where)),
        shown(sample, "question", where),
        shown(sample, "ans1", where),
        shown(sample, "ans2", where));
  }

  private static String shown(JsonNode sample, String key, String where) {
    return PythonJson.pythonText(JsonFields.require(sample, key, where));
  }

  private String context(JsonNode mentions) {
    if (quirks.keeps(EvaluationQuirk.PYTHON_FIGURE_CONTEXT)) {
      return PythonJson.pythonText(mentions);
    }
    List<String> texts = new ArrayList<>();
    mentions.forEach(mention -> texts.add(mention.path("tokens").asText("")));
    return String.join("\n\t- ", texts);
  }
}
