package io.github.llavamed.eval.internal.data;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.metric.Provenance;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;

/** Writes provenance as JSON and reads it back. */
public final class ProvenanceJson {
  private ProvenanceJson() {}

  /** Returns provenance as a JSON object. */
  public static ObjectNode tree(Provenance provenance) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("protocol", provenance.protocol());
    json.put("dataset", provenance.dataset());
    json.put("date", provenance.date().toString());
    provenance.settings().forEach(json.putObject("settings")::put);
    provenance.hashes().forEach(json.putObject("sha256")::put);
    provenance.versions().forEach(json.putObject("versions")::put);
    return json;
  }

  /**
   * Reads provenance.
   *
   * @throws EvaluationException if the object is something else
   */
  public static Provenance parse(JsonNode json, String where) {
    String date = JsonFields.text(json, "date", where);
    try {
      return new Provenance(
          JsonFields.text(json, "protocol", where),
          JsonFields.text(json, "dataset", where),
          texts(json, "settings", where),
          texts(json, "sha256", where),
          texts(json, "versions", where),
          Instant.parse(date));
    } catch (DateTimeParseException e) {
      throw new EvaluationException(
          where + ": expected a date like 2026-01-31T08:00:00Z, found '" + date + "'", null, e);
    }
  }

  private static Map<String, String> texts(JsonNode json, String key, String where) {
    Map<String, String> texts = new TreeMap<>();
    JsonNode object = JsonFields.require(json, key, where);
    object
        .fieldNames()
        .forEachRemaining(name -> texts.put(name, JsonFields.text(object, name, where)));
    return texts;
  }
}
