package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.metric.JudgeMessage;
import io.github.llavamed.metric.JudgeRequest;

/** Writes requests as the JSON that goes over the wire. */
final class JudgeJson {
  private JudgeJson() {}

  static ObjectNode request(JudgeRequest request) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("model", request.model());
    ArrayNode messages = json.putArray("messages");
    for (JudgeMessage message : request.messages()) {
      messages.addObject().put("role", message.role().id()).put("content", message.content());
    }
    request.temperature().ifPresent(value -> json.put("temperature", value));
    request.maxTokens().ifPresent(value -> json.put("max_tokens", value));
    return json;
  }
}
