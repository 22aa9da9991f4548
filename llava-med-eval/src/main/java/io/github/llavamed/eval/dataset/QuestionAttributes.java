package io.github.llavamed.eval.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.dataset.VqaDataset;
import io.github.llavamed.dataset.VqaSample;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.SampleIds;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Text fields of questions from the file that a data set was published in, by identifier.
 *
 * <p>SLAKE's own {@code test.json} names the modality, VQA-RAD's the organ; the original's format
 * has no place for them. Immutable.
 */
public final class QuestionAttributes {
  private final Map<SampleId, Map<String, String>> byId;
  private final Path file;

  private QuestionAttributes(Map<SampleId, Map<String, String>> byId, Path file) {
    this.byId = byId;
    this.file = file;
  }

  /**
   * Reads a JSON array of objects with {@code id} or {@code qid}.
   *
   * @throws EvaluationException if the file has another shape
   */
  public static QuestionAttributes read(Path file, EvaluationOptions options) throws IOException {
    JsonNode rows = new JsonFiles(options).tree(file);
    if (!rows.isArray()) {
      throw new EvaluationException(
          file + ": expected an array of questions, found " + JsonFields.kind(rows));
    }
    Map<SampleId, Map<String, String>> byId = new HashMap<>();
    int number = 0;
    for (JsonNode row : rows) {
      String where = file + ", record " + number++;
      JsonNode id = row.has("id") ? row.get("id") : JsonFields.require(row, "qid", where);
      Map<String, String> texts = new LinkedHashMap<>();
      for (Map.Entry<String, JsonNode> field : row.properties()) {
        if (field.getValue().isTextual()) {
          texts.put(field.getKey(), field.getValue().textValue());
        }
      }
      byId.put(SampleIds.of(id), texts);
    }
    return new QuestionAttributes(byId, file);
  }

  /**
   * Returns a data set whose questions have these fields too; its own come first.
   *
   * @throws EvaluationException if a question is not in the file
   */
  public VqaDataset addTo(VqaDataset dataset) {
    List<VqaSample> samples = new ArrayList<>();
    for (VqaSample sample : dataset.samples()) {
      Map<String, String> more = byId.get(sample.id());
      if (more == null) {
        throw new EvaluationException(
            file
                + ": expected a record of question "
                + sample.id()
                + " of "
                + dataset.name()
                + ", found none; give the file that this data set was made of");
      }
      Map<String, String> attributes = new LinkedHashMap<>(more);
      attributes.putAll(sample.attributes());
      samples.add(
          new VqaSample(
              sample.id(), sample.image(), sample.question(), sample.reference(), attributes));
    }
    return new MedicalVqaDataset(dataset.name(), samples, dataset.sha256());
  }
}
