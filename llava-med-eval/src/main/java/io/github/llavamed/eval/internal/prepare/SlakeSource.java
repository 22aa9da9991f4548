package io.github.llavamed.eval.internal.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** SLAKE as published: three files of English and Chinese questions. */
public final class SlakeSource {
  private SlakeSource() {}

  /** Returns the files to write by name: English questions, and the Chinese ones of the test. */
  public static Map<String, JsonNode> read(Path folder, JsonFiles files) throws IOException {
    QuestionRecords train = part(folder.resolve("train.json"), "en", files);
    Path test = folder.resolve("test.json");
    Map<String, JsonNode> written = new LinkedHashMap<>();
    written.put("train.json", train.records());
    written.put("val.json", part(folder.resolve("validate.json"), "en", files).records());
    written.put("test.json", part(test, "en", files).records());
    written.put("test_zh.json", part(test, "zh", files).records());
    written.put("train_open_answers.json", train.candidates());
    return written;
  }

  private static QuestionRecords part(Path file, String language, JsonFiles files)
      throws IOException {
    QuestionRecords records = new QuestionRecords();
    for (JsonNode row : VqaRadSource.rows(files.tree(file), file)) {
      String where = file + ", qid " + row.path("qid").asText();
      if (JsonFields.text(row, "q_lang", where).equals(language)) {
        records.add(
            new QuestionRecords.Question(
                JsonFields.require(row, "qid", where),
                JsonFields.text(row, "img_name", where),
                VqaRadSource.answerType(row, where),
                null,
                JsonFields.text(row, "question", where),
                JsonFields.require(row, "answer", where)),
            where);
      }
    }
    return records;
  }
}
