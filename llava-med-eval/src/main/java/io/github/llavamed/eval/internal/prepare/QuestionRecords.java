package io.github.llavamed.eval.internal.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.JsonFields;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects the records of one question file; identifiers are unique. */
final class QuestionRecords {
  static final String OPEN = "OPEN";
  static final String CLOSED = "CLOSED";

  private static final String IMAGE_LINE = "\n<image>";

  private final ArrayNode records = JsonNodeFactory.instance.arrayNode();
  private final Set<JsonNode> ids = new HashSet<>();
  private final Set<JsonNode> openAnswers = new LinkedHashSet<>();

  /** One question as the source has it: texts and answer unchanged. */
  record Question(
      JsonNode id,
      String image,
      String answerType,
      @Nullable String questionType,
      String text,
      JsonNode answer) {}

  void add(Question question, String where) {
    if (!ids.add(question.id())) {
      throw new EvaluationException(
          where + ": expected a new identifier, found " + question.id() + " again");
    }
    if (!question.answer().isTextual() && !question.answer().isNumber()) {
      throw new EvaluationException(
          where
              + ": expected a text or a number as answer, found "
              + JsonFields.kind(question.answer()));
    }
    ObjectNode entry = records.addObject();
    entry.set("id", question.id());
    entry.put("image", question.image());
    entry.put("answer_type", question.answerType());
    if (question.questionType() != null) {
      entry.put("question_type", question.questionType());
    }
    ArrayNode turns = entry.putArray("conversations");
    turns.addObject().put("from", "human").put("value", question.text() + IMAGE_LINE);
    turns.addObject().put("from", "gpt").set("value", question.answer());
    if (question.answerType().equals(OPEN)) {
      openAnswers.add(question.answer());
    }
  }

  ArrayNode records() {
    return records;
  }

  /** Returns the candidate file of a training split: its distinct open answers. */
  ObjectNode candidates() {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.putArray("0").addAll(openAnswers);
    return json;
  }
}
