package io.github.llavamed.eval.dataset;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.VqaJson;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import java.io.IOException;
import java.nio.file.Path;

/** Makes captioning data of instruction data, as {@code remove_instructions}. Thread-safe. */
public final class CaptionData {
  private CaptionData() {}

  /**
   * Returns a JSON array in which {@code <image>} stands for the first turn of each conversation,
   * where that is a human's. Both spellings of the conversations' key are read.
   *
   * @return indented JSON with escapes beyond ASCII
   * @throws EvaluationException if a record has another shape; names it
   */
  public static String withoutInstructions(Path file, EvaluationOptions options)
      throws IOException {
    JsonNode records = new JsonFiles(options).tree(file);
    if (!records.isArray()) {
      throw new EvaluationException(
          file + ": expected an array of conversations, found " + JsonFields.kind(records));
    }
    int number = 0;
    for (JsonNode item : records) {
      String where = file + ", record " + number++;
      JsonNode first = VqaJson.turns(item, where).path(0);
      if (first instanceof ObjectNode turn
          && JsonFields.text(turn, "from", where).equals("human")) {
        turn.put("value", "<image>");
      }
    }
    return PythonJson.indented(records);
  }
}
