package io.github.llavamed.eval.internal.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * VQA-RAD as published: one file whose phrase types name the test questions, or a file each for
 * training and test.
 */
public final class VqaRadSource {
  private static final String PUBLIC_FILE = "VQA_RAD Dataset Public.json";
  private static final String TRAIN_FILE = "trainset.json";
  private static final String TEST_FILE = "testset.json";

  private VqaRadSource() {}

  /** Returns the files to write by name. */
  public static Map<String, JsonNode> read(Path folder, JsonFiles files) throws IOException {
    QuestionRecords train = new QuestionRecords();
    QuestionRecords test = new QuestionRecords();
    Path all = folder.resolve(PUBLIC_FILE);
    if (Files.exists(all)) {
      for (JsonNode row : rows(files.tree(all), all)) {
        String where = all + ", qid " + row.path("qid").asText();
        boolean held = JsonFields.text(row, "phrase_type", where).startsWith("test_");
        (held ? test : train).add(question(row, where), where);
      }
    } else {
      addAll(folder.resolve(TRAIN_FILE), train, files);
      addAll(folder.resolve(TEST_FILE), test, files);
    }
    Map<String, JsonNode> written = new LinkedHashMap<>();
    written.put("train.json", train.records());
    written.put("test.json", test.records());
    written.put("train_open_answers.json", train.candidates());
    return written;
  }

  private static void addAll(Path file, QuestionRecords records, JsonFiles files)
      throws IOException {
    if (!Files.exists(file)) {
      throw new EvaluationException(
          file.getParent()
              + ": expected '"
              + PUBLIC_FILE
              + "', or "
              + TRAIN_FILE
              + " and "
              + TEST_FILE
              + ", found no "
              + file.getFileName());
    }
    for (JsonNode row : rows(files.tree(file), file)) {
      String where = file + ", qid " + row.path("qid").asText();
      records.add(question(row, where), where);
    }
  }

  static JsonNode rows(JsonNode tree, Path file) {
    if (!tree.isArray()) {
      throw new EvaluationException(
          file + ": expected an array of questions, found " + JsonFields.kind(tree));
    }
    return tree;
  }

  private static QuestionRecords.Question question(JsonNode row, String where) {
    return new QuestionRecords.Question(
        JsonFields.require(row, "qid", where),
        JsonFields.text(row, "image_name", where),
        answerType(row, where),
        row.path("question_type").textValue(),
        JsonFields.text(row, "question", where),
        JsonFields.require(row, "answer", where));
  }

  /** Some rows of the sources have blanks around the word. */
  static String answerType(JsonNode row, String where) {
    String type =
        PythonText.strip(JsonFields.text(row, "answer_type", where)).toUpperCase(Locale.ROOT);
    if (!type.equals(QuestionRecords.OPEN) && !type.equals(QuestionRecords.CLOSED)) {
      throw new EvaluationException(
          where + ": expected the answer type OPEN or CLOSED, found '" + type + "'");
    }
    return type;
  }
}
