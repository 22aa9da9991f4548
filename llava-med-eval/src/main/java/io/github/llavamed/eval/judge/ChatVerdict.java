package io.github.llavamed.eval.judge;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonJson;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.eval.internal.python.PythonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The judge's two scores for one chat answer. Immutable.
 *
 * @param type kind of question, for example {@code conversation}
 * @param domain imaging domain, or null if the question has none
 * @param reference score of the text-only GPT-4 answer
 * @param model score of the model's answer
 */
public record ChatVerdict(String type, @Nullable String domain, double reference, double model) {
  /** The domains in the order in which the first true one is taken. */
  public static final List<String> DOMAINS =
      List.of("chest_xray", "mri", "histology", "gross", "ct_scan");

  /**
   * Reads the verdicts of a scores file.
   *
   * @throws EvaluationException if a first line is not two numbers with one blank between, or a
   *     field is missing
   */
  public static List<ChatVerdict> read(
      Path file, ChatSummary.Version version, EvaluationOptions options) throws IOException {
    List<ChatVerdict> verdicts = new ArrayList<>();
    for (JsonFiles.Line line : new JsonFiles(options).lines(file)) {
      verdicts.add(of(line.value(), version, line.where()));
    }
    return verdicts;
  }

  /** Reads one verdict from a JSON object. */
  static ChatVerdict of(JsonNode sample, ChatSummary.Version version, String where) {
    String reply = JsonFields.text(sample, version.replyField(), where);
    List<String> pieces = PythonText.split(PythonText.split(reply, '\n').get(0), ' ');
    if (pieces.size() != 2) {
      throw new EvaluationException(
          where
              + ": expected two scores with one blank between on the first line, found '"
              + String.join(" ", pieces)
              + "'; judge this answer again",
          pieces.size() > 2
              ? "too many values to unpack (expected 2)"
              : "not enough values to unpack (expected 2, got 1)",
          null);
    }
    return new ChatVerdict(
        PythonJson.pythonText(JsonFields.require(sample, "type", where)),
        domain(JsonFields.require(sample, "domain", where), where),
        number(pieces.get(0), where),
        number(pieces.get(1), where));
  }

  private static double number(String text, String where) {
    return PythonNumbers.parse(text)
        .orElseThrow(
            () ->
                new EvaluationException(
                    where + ": expected a score, found '" + text + "'; judge this answer again",
                    "could not convert string to float: " + PythonText.quote(text),
                    null));
  }

  private static @Nullable String domain(JsonNode domains, String where) {
    for (String domain : DOMAINS) {
      if (isTrue(JsonFields.require(domains, domain, where + ", domain"))) {
        return domain;
      }
    }
    return null;
  }

  /** Truth as Python sees it. */
  private static boolean isTrue(JsonNode value) {
    if (value.isNumber()) {
      return value.doubleValue() != 0;
    }
    return value.isTextual() ? !value.textValue().isEmpty() : value.asBoolean(!value.isEmpty());
  }
}
