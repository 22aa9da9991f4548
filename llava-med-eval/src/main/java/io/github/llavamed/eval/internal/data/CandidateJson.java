package io.github.llavamed.eval.internal.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.metric.MetricContext;
import java.util.ArrayList;
import java.util.List;

/** Reads candidate answers: an object whose key {@code 0} holds the list. */
public final class CandidateJson {
  private CandidateJson() {}

  /** Returns the candidates: texts, integers and booleans of a list, or the keys of an object. */
  public static MetricContext parse(JsonNode file, String where) {
    JsonNode list = JsonFields.require(file, "0", where);
    List<String> candidates = new ArrayList<>();
    if (list.isObject()) {
      list.fieldNames().forEachRemaining(candidates::add);
    } else if (list.isArray()) {
      for (JsonNode entry : list) {
        if (!entry.isTextual() && !entry.isIntegralNumber() && !entry.isBoolean()) {
          throw new EvaluationException(
              where
                  + ": expected texts or integers as candidates, found "
                  + JsonFields.kind(entry)
                  + " at position "
                  + candidates.size());
        }
        candidates.add(PythonJson.pythonText(entry));
      }
    } else {
      throw new EvaluationException(
          where + ": expected a list under the key '0', found " + JsonFields.kind(list));
    }
    return new MetricContext(candidates);
  }
}
