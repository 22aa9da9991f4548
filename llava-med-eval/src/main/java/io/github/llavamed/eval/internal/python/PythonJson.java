package io.github.llavamed.eval.internal.python;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationLimits;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;

/** Reads JSON as Python's {@code json} module does, and writes it to the byte as it does. */
public final class PythonJson {
  private final JsonMapper mapper;

  /** Creates a reader that holds the limits. */
  public PythonJson(EvaluationLimits limits) {
    JsonFactory factory =
        JsonFactory.builder()
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxNestingDepth(limits.maxNesting())
                    .maxStringLength(limits.maxTextLength())
                    .build())
            .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
            .build();
    mapper =
        JsonMapper.builder(factory).enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS).build();
  }

  /**
   * Parses one JSON value.
   *
   * @param where file and line, for the message
   */
  public JsonNode parse(String text, String where) {
    if (PythonText.strip(text).isEmpty()) {
      throw new EvaluationException(
          where + ": expected a JSON value, found a blank; remove it", blankText(text), null);
    }
    try {
      return mapper.readTree(text);
    } catch (JsonProcessingException e) {
      throw new EvaluationException(
          where + ": expected JSON, found an error: " + e.getOriginalMessage(), null, e);
    }
  }

  /** The original's message for a text of white space, which counts lines and columns. */
  private static String blankText(String text) {
    int line = 1;
    int column = 1;
    int index = 0;
    while (index < text.length() && " \t\n\r".indexOf(text.charAt(index)) >= 0) {
      if (text.charAt(index++) == '\n') {
        line++;
        column = 1;
      } else {
        column++;
      }
    }
    return "Expecting value: line %d column %d (char %d)".formatted(line, column, index);
  }

  /** Writes a value on one line, as {@code json.dumps(value)}. */
  public static String line(JsonNode value) {
    StringBuilder out = new StringBuilder();
    append(out, value, -1, 0);
    return out.toString();
  }

  /** Writes a value over several lines, two blanks a level, as {@code json.dumps(indent=2)}. */
  public static String indented(JsonNode value) {
    StringBuilder out = new StringBuilder();
    append(out, value, 2, 0);
    return out.toString();
  }

  private static void append(StringBuilder out, JsonNode value, int indent, int level) {
    if (value.isObject()) {
      appendObject(out, value, indent, level);
    } else if (value.isArray()) {
      appendArray(out, value, indent, level);
    } else if (value.isTextual()) {
      appendText(out, value.textValue());
    } else if (value.isFloatingPointNumber()) {
      out.append(floatText(value.doubleValue()));
    } else {
      out.append(value.asText());
    }
  }

  private static void appendObject(StringBuilder out, JsonNode value, int indent, int level) {
    if (value.isEmpty()) {
      out.append("{}");
      return;
    }
    out.append('{');
    boolean first = true;
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      separate(out, first, indent, level + 1);
      appendText(out, entry.getKey());
      out.append(": ");
      append(out, entry.getValue(), indent, level + 1);
      first = false;
    }
    newLine(out, indent, level);
    out.append('}');
  }

  private static void appendArray(StringBuilder out, JsonNode value, int indent, int level) {
    if (value.isEmpty()) {
      out.append("[]");
      return;
    }
    out.append('[');
    boolean first = true;
    for (JsonNode item : value) {
      separate(out, first, indent, level + 1);
      append(out, item, indent, level + 1);
      first = false;
    }
    newLine(out, indent, level);
    out.append(']');
  }

  private static void separate(StringBuilder out, boolean first, int indent, int level) {
    if (!first) {
      out.append(indent < 0 ? ", " : ",");
    }
    newLine(out, indent, level);
  }

  private static void newLine(StringBuilder out, int indent, int level) {
    if (indent >= 0) {
      out.append('\n').append(" ".repeat(indent * level));
    }
  }

  private static void appendText(StringBuilder out, String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        case '\b' -> out.append("\\b");
        case '\f' -> out.append("\\f");
        default -> {
          if (c >= ' ' && c <= '~') {
            out.append(c);
          } else {
            out.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
          }
        }
      }
    }
    out.append('"');
  }

  private static String floatText(double value) {
    if (Double.isNaN(value)) {
      return "NaN";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "Infinity" : "-Infinity";
    }
    return PythonNumbers.text(value);
  }

  /** Returns the text that Python's {@code str} gives: strings stay as they are. */
  public static String pythonText(JsonNode value) {
    return value.isTextual() ? value.textValue() : pythonRepr(value);
  }

  /** Returns the text that Python's {@code repr} gives: strings are quoted. */
  public static String pythonRepr(JsonNode value) {
    StringBuilder out = new StringBuilder();
    appendRepr(out, value);
    return out.toString();
  }

  private static void appendRepr(StringBuilder out, JsonNode value) {
    if (value.isNull()) {
      out.append("None");
    } else if (value.isBoolean()) {
      out.append(value.booleanValue() ? "True" : "False");
    } else if (value.isTextual()) {
      out.append(PythonText.quote(value.textValue()));
    } else if (value.isFloatingPointNumber()) {
      out.append(PythonNumbers.text(value.doubleValue()));
    } else if (value.isArray()) {
      out.append('[');
      for (Iterator<JsonNode> items = value.iterator(); items.hasNext(); ) {
        appendRepr(out, items.next());
        out.append(items.hasNext() ? ", " : "");
      }
      out.append(']');
    } else if (value.isObject()) {
      out.append('{');
      for (var fields = value.properties().iterator(); fields.hasNext(); ) {
        Map.Entry<String, JsonNode> field = fields.next();
        out.append(PythonText.quote(field.getKey())).append(": ");
        appendRepr(out, field.getValue());
        out.append(fields.hasNext() ? ", " : "");
      }
      out.append('}');
    } else {
      out.append(value.asText());
    }
  }
}
