package io.github.llavamed.eval.internal.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.BigIntegerNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.internal.python.PythonJson;
import java.math.BigInteger;

/** Turns JSON values into identifiers that are equal exactly when Python finds them equal. */
public final class SampleIds {
  private SampleIds() {}

  /** Returns the identifier that a JSON value gives. */
  public static SampleId of(JsonNode value) {
    if (value.isTextual()) {
      return SampleId.of(value.textValue());
    }
    if (value.isBoolean()) {
      return SampleId.of(value.booleanValue() ? 1 : 0);
    }
    if (value.isFloatingPointNumber()
        && Double.isFinite(value.doubleValue())
        && value.doubleValue() == Math.rint(value.doubleValue())) {
      return new SampleId(value.decimalValue().toBigInteger().toString(), false);
    }
    return new SampleId(PythonJson.line(value), false);
  }

  /** Returns the JSON value of a text or integer identifier. */
  public static JsonNode json(SampleId id) {
    return id.isText()
        ? TextNode.valueOf(id.text())
        : BigIntegerNode.valueOf(new BigInteger(id.text()));
  }
}
