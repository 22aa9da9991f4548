package io.github.llavamed.eval.internal.prepare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.LongNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationLimits;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** PathVQA as published: one pickled list a split, or the same as JSON. */
public final class PathVqaSource {
  private static final Pattern NUMBER = Pattern.compile("(\\d{1,6})$");
  private static final List<String> SPLITS = List.of("train", "val", "test");

  /** Identifiers are split, image and question: 300648006 is a question of test image 648. */
  private static final long SPLIT_UNIT = 100_000_000;

  private static final long IMAGE_UNIT = 1000;

  private PathVqaSource() {}

  /** Returns the files to write by name. */
  public static Map<String, JsonNode> read(Path folder, JsonFiles files, EvaluationLimits limits)
      throws IOException {
    Map<String, JsonNode> written = new LinkedHashMap<>();
    JsonNode candidates = null;
    for (String split : SPLITS) {
      QuestionRecords records = part(folder, split, files, limits);
      written.put(split + ".json", records.records());
      candidates = candidates == null ? records.candidates() : candidates;
    }
    if (candidates != null) {
      written.put("train_open_answers.json", candidates);
    }
    return written;
  }

  private static QuestionRecords part(
      Path folder, String split, JsonFiles files, EvaluationLimits limits) throws IOException {
    Path pickle = folder.resolve(split + "_qa.pkl");
    Path json = folder.resolve(split + "_qa.json");
    boolean pickled = Files.exists(pickle) || !Files.exists(json);
    Path file = pickled ? pickle : json;
    JsonNode rows = pickled ? PlainPickle.read(pickle, limits) : files.tree(json);
    QuestionRecords records = new QuestionRecords();
    Map<String, Integer> questions = new HashMap<>();
    int number = 0;
    for (JsonNode row : VqaRadSource.rows(rows, file)) {
      String where = file + ", question " + number++;
      String image = JsonFields.text(row, "image", where);
      int question = questions.merge(image, 1, Integer::sum);
      records.add(
          new QuestionRecords.Question(
              LongNode.valueOf(id(split, image, question, where)),
              split + "/" + image + ".jpg",
              answerType(row, where),
              null,
              JsonFields.text(row, "question", where),
              JsonFields.require(row, "answer", where)),
          where);
    }
    return records;
  }

  private static String answerType(JsonNode row, String where) {
    String answer = JsonFields.text(row, "answer", where).toLowerCase(Locale.ROOT);
    boolean closed = answer.equals("yes") || answer.equals("no");
    return closed ? QuestionRecords.CLOSED : QuestionRecords.OPEN;
  }

  private static long id(String split, String image, int question, String where) {
    Matcher digits = NUMBER.matcher(image);
    if (!digits.find() || question >= IMAGE_UNIT) {
      throw new EvaluationException(
          where
              + ": expected an image name that ends in a number, with fewer than 1000 questions,"
              + " found '"
              + image
              + "' and "
              + question);
    }
    return (SPLITS.indexOf(split) + 1) * SPLIT_UNIT
        + Long.parseLong(digits.group(1)) % (SPLIT_UNIT / IMAGE_UNIT) * IMAGE_UNIT
        + question;
  }
}
