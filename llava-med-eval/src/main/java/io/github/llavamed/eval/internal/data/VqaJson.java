package io.github.llavamed.eval.internal.data;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.JsonFields;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Reads medical VQA questions: a JSON array of records with two conversation turns each. */
public final class VqaJson {
  private VqaJson() {}

  /** Returns the identifiers of all records. */
  public static List<SampleId> ids(JsonNode records, String where) {
    List<SampleId> ids = new ArrayList<>();
    for (JsonNode item : array(records, where)) {
      ids.add(SampleIds.of(JsonFields.require(item, "id", where + ", record " + ids.size())));
    }
    return ids;
  }

  /** Returns the records as questions with references. */
  public static List<VqaSample> samples(JsonNode records, String where) {
    List<VqaSample> samples = new ArrayList<>();
    for (JsonNode item : array(records, where)) {
      samples.add(sample(item, where + ", record " + samples.size()));
    }
    return samples;
  }

  private static JsonNode array(JsonNode records, String where) {
    if (!records.isArray()) {
      throw new EvaluationException(
          where + ": expected an array of questions, found " + JsonFields.kind(records));
    }
    return records;
  }

  private static VqaSample sample(JsonNode item, String where) {
    JsonNode turns = turns(item, where);
    if (turns.size() < 2) {
      throw new EvaluationException(
          where + ": expected a question and an answer turn, found " + turns.size() + " turns",
          "list index out of range",
          null);
    }
    Map<String, String> attributes = new LinkedHashMap<>();
    JsonFields.text(item, VqaSample.ANSWER_TYPE, where);
    item.properties()
        .forEach(
            field -> {
              if (field.getValue().isTextual()) {
                attributes.put(field.getKey(), field.getValue().textValue());
              }
            });
    attributes.remove("id");
    attributes.remove("image");
    return new VqaSample(
        SampleIds.of(JsonFields.require(item, "id", where)),
        image(item),
        turns.get(0).path("value").asText(""),
        JsonFields.text(turns.get(1), "value", where + ", answer turn"),
        attributes);
  }

  /** Returns the turns, under the right key or the misspelt one that some files have. */
  public static JsonNode turns(JsonNode item, String where) {
    JsonNode turns = item.get("conversations");
    return turns != null ? turns : JsonFields.require(item, "conversatons", where);
  }

  private static @Nullable String image(JsonNode item) {
    return item.path("image").textValue();
  }
}
