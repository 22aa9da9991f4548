package io.github.llavamed.eval.generation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.text.WholeFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads and writes the records of runs as JSON. */
final class RunRecordFile {
  private RunRecordFile() {}

  static void write(RunRecord record, Path file) throws IOException {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    put(json.putObject("settings"), record.settings());
    put(json.putObject("sha256"), record.hashes());
    ArrayNode sessions = json.putArray("sessions");
    for (RunSession session : record.sessions()) {
      ObjectNode item = sessions.addObject();
      item.put("date", session.date().toString());
      put(item.putObject("versions"), session.versions());
    }
    WholeFile.write(file, PythonJson.indented(json) + "\n");
  }

  private static void put(ObjectNode json, Map<String, String> texts) {
    new TreeMap<>(texts).forEach(json::put);
  }

  static RunRecord read(Path file, EvaluationOptions options) throws IOException {
    if (!Files.exists(file)) {
      return RunRecord.NONE;
    }
    JsonNode json = new JsonFiles(options).tree(file);
    List<RunSession> sessions = new ArrayList<>();
    for (JsonNode session : json.path("sessions")) {
      sessions.add(
          new RunSession(date(session, file), texts(session.path("versions"), file, "versions")));
    }
    return new RunRecord(
        texts(json.path("settings"), file, "settings"),
        texts(json.path("sha256"), file, "sha256"),
        sessions);
  }

  private static Instant date(JsonNode session, Path file) {
    String text = JsonFields.text(session, "date", file.toString());
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException e) {
      throw new EvaluationException(
          file + ": expected a date like 2026-01-31T08:00:00Z, found '" + text + "'", null, e);
    }
  }

  private static Map<String, String> texts(JsonNode object, Path file, String key) {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (!entry.getValue().isTextual()) {
        throw new EvaluationException(
            file
                + ": expected a text at "
                + key
                + "."
                + entry.getKey()
                + ", found "
                + entry.getValue()
                + "; remove the file or make the answers again");
      }
      texts.put(entry.getKey(), entry.getValue().textValue());
    }
    return texts;
  }
}
