package io.github.llavamed.tokenizer.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.MalformedTokenizerException;
import io.github.llavamed.tokenizer.TokenizerLimits;
import org.jspecify.annotations.Nullable;

/** Takes typed values out of a JSON object and names the place where one does not fit. */
final class JsonFields {
  private final JsonNode node;
  private final String where;

  /** Creates the view of an object; other nodes are refused. */
  JsonFields(@Nullable JsonNode node, String where) {
    if (node == null || !node.isObject()) {
      throw malformed(where, "an object", node);
    }
    this.node = node;
    this.where = where;
  }

  static MalformedTokenizerException malformed(
      String where, String expected, @Nullable JsonNode found) {
    String text = found == null ? "nothing" : found.toString();
    return new MalformedTokenizerException(
        where
            + ": expected "
            + expected
            + ", found "
            + (text.length() > 80 ? text.substring(0, 80) + "…" : text));
  }

  JsonNode node() {
    return node;
  }

  String where() {
    return where;
  }

  String where(String key) {
    return where + ", " + key;
  }

  /** Returns a value, null if it is absent or JSON's null. */
  @Nullable JsonNode get(String key) {
    JsonNode value = node.get(key);
    return value == null || value.isNull() ? null : value;
  }

  JsonFields object(String key) {
    return new JsonFields(get(key), where(key));
  }

  JsonNode array(String key) {
    JsonNode value = get(key);
    if (value == null || !value.isArray()) {
      throw malformed(where(key), "an array", value);
    }
    return value;
  }

  @Nullable String text(String key) {
    JsonNode value = get(key);
    if (value != null && !value.isTextual()) {
      throw malformed(where(key), "a string", value);
    }
    return value == null ? null : value.textValue();
  }

  String requiredText(String key) {
    String value = text(key);
    if (value == null) {
      throw malformed(where(key), "a string", null);
    }
    return value;
  }

  boolean bool(String key, boolean otherwise) {
    JsonNode value = get(key);
    if (value != null && !value.isBoolean()) {
      throw malformed(where(key), "true or false", value);
    }
    return value == null ? otherwise : value.booleanValue();
  }

  static int integer(@Nullable JsonNode value, String where) {
    if (value == null || !value.isIntegralNumber() || !value.canConvertToInt()) {
      throw malformed(where, "an integer of 32 bits", value);
    }
    return value.intValue();
  }

  /** Returns this object as an added token. */
  AddedToken addedToken(boolean special, TokenizerLimits limits) {
    String content = checked(requiredText("content"), where("content"), limits);
    boolean declaredSpecial = bool("special", special);
    return new AddedToken(
        content,
        declaredSpecial,
        bool("single_word", false),
        bool("lstrip", false),
        bool("rstrip", false),
        bool("normalized", !declaredSpecial));
  }

  /** Returns the text of a token if it is neither empty nor too long nor broken. */
  static String checked(String content, String where, TokenizerLimits limits) {
    if (content.isEmpty()) {
      throw new MalformedTokenizerException(where + ": expected some text, found an empty string");
    }
    if (content.length() > limits.maxPieceBytes()
        || Utf8.encode(content).length > limits.maxPieceBytes()) {
      throw new MalformedTokenizerException(
          where + ": expected at most " + limits.maxPieceBytes() + " bytes of text, found more");
    }
    if (!Utf8.withoutLoneSurrogates(content).equals(content)) {
      throw new MalformedTokenizerException(
          where + ": expected whole characters, found half of a surrogate pair");
    }
    return content;
  }
}
