package io.github.llavamed.eval.internal.python;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;

/** Takes fields out of JSON objects, naming file, line and key when one is missing or wrong. */
public final class JsonFields {
  private JsonFields() {}

  /** Returns a field of any type, JSON null included. */
  public static JsonNode require(JsonNode object, String key, String where) {
    JsonNode value = object.isObject() ? object.get(key) : null;
    if (value == null) {
      throw new EvaluationException(
          where
              + ": expected an object with the key '"
              + key
              + "', found "
              + kind(object)
              + (object.isObject() ? " without it" : ""),
          PythonText.quote(key),
          null);
    }
    return value;
  }

  /** Returns a text field. */
  public static String text(JsonNode object, String key, String where) {
    JsonNode value = require(object, key, where);
    if (!value.isTextual()) {
      throw new EvaluationException(
          where + ": expected a text under the key '" + key + "', found " + kind(value));
    }
    return value.textValue();
  }

  /** Names the type of a value as JSON does. */
  public static String kind(JsonNode value) {
    return switch (value.getNodeType()) {
      case OBJECT -> "an object";
      case ARRAY -> "an array";
      case STRING -> "a text";
      case NUMBER -> "the number " + value.asText();
      case BOOLEAN -> value.asText();
      default -> "null";
    };
  }
}
