package io.github.llavamed.eval.internal.data;

import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.Prediction;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.util.ArrayList;
import java.util.List;

/** Reads answers files: JSON lines of which only {@code question_id} and {@code text} count. */
public final class AnswerJson {
  private AnswerJson() {}

  /** Returns the identifiers of all lines. */
  public static List<SampleId> ids(List<JsonFiles.Line> lines) {
    List<SampleId> ids = new ArrayList<>();
    for (JsonFiles.Line line : lines) {
      ids.add(SampleIds.of(JsonFields.require(line.value(), "question_id", line.where())));
    }
    return ids;
  }

  /** Returns the lines as predictions. */
  public static List<Prediction> predictions(List<JsonFiles.Line> lines) {
    List<SampleId> ids = ids(lines);
    List<Prediction> predictions = new ArrayList<>();
    for (int i = 0; i < ids.size(); i++) {
      JsonFiles.Line line = lines.get(i);
      predictions.add(
          new Prediction(ids.get(i), JsonFields.text(line.value(), "text", line.where())));
    }
    return predictions;
  }
}
