package io.github.llavamed.eval.generation;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.dataset.SampleId;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.SampleIds;
import io.github.llavamed.eval.internal.data.VqaJson;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads the question files of the answer generating programs. Thread-safe. */
public final class AnswerTasks {
  private static final String IMAGE_LINE = "\n<image>";

  private AnswerTasks() {}

  /**
   * Reads the questions of a file as a recipe's program does.
   *
   * @throws EvaluationException if the file holds no question, or one that the program refuses;
   *     names the line or record
   */
  public static List<AnswerTask> read(Path file, AnswerRecipe recipe, EvaluationOptions options)
      throws IOException {
    AnswerProgram program = recipe.program();
    JsonFiles files = new JsonFiles(options);
    List<AnswerTask> tasks = new ArrayList<>();
    if (program.readsConversations()) {
      JsonNode records = files.tree(file);
      if (!records.isArray()) {
        throw new EvaluationException(
            file + ": expected an array of questions, found " + JsonFields.kind(records));
      }
      for (JsonNode item : records) {
        tasks.add(conversation(item, program, file + ", record " + tasks.size()));
      }
    } else {
      for (JsonFiles.Line line : files.lines(file)) {
        tasks.add(program == AnswerProgram.MODEL_QA ? text(line) : visual(line, recipe.release()));
      }
    }
    if (tasks.isEmpty()) {
      throw new EvaluationException(
          file + ": expected at least one question, found none",
          "range() arg 3 must not be zero",
          null);
    }
    return tasks;
  }

  private static AnswerTask visual(JsonFiles.Line line, Release release) {
    String question = JsonFields.text(line.value(), "text", line.where());
    String text = release == Release.V1_5 ? AnswerRecipe.withoutImageWord(question) : question;
    String image = JsonFields.text(line.value(), "image", line.where());
    return new AnswerTask(
        id(line.value(), "question_id", line.where()), image, text, text, line.where());
  }

  private static AnswerTask text(JsonFiles.Line line) {
    String text = JsonFields.text(line.value(), "text", line.where());
    JsonFields.require(line.value(), "category", line.where());
    return new AnswerTask(
        id(line.value(), "question_id", line.where()), null, text, "", line.where());
  }

  private static AnswerTask conversation(JsonNode item, AnswerProgram program, String where) {
    JsonNode turns =
        program == AnswerProgram.MODEL_VQA_MED
            ? VqaJson.turns(item, where)
            : JsonFields.require(item, "conversations", where);
    if (turns.size() < 2) {
      throw new EvaluationException(
          where + ": expected a question and an answer turn, found " + turns.size() + " turns");
    }
    String speaker = JsonFields.text(turns.get(1), "from", where + ", second turn");
    if (!speaker.equals("gpt")) {
      throw new EvaluationException(
          where + ": expected the second turn to be from 'gpt', found '" + speaker + "'", "", null);
    }
    String question =
        AnswerRecipe.withoutImageWord(
            JsonFields.text(turns.get(0), "value", where + ", first turn"));
    String image = image(item, where);
    String recorded = image == null ? question : question + IMAGE_LINE;
    return new AnswerTask(id(item, "id", where), image, question, recorded, where);
  }

  private static @Nullable String image(JsonNode item, String where) {
    return item.has("image") ? JsonFields.text(item, "image", where) : null;
  }

  private static SampleId id(JsonNode object, String key, String where) {
    JsonNode id = JsonFields.require(object, key, where);
    if (!id.isTextual() && !id.isIntegralNumber()) {
      throw new EvaluationException(
          where
              + ": expected a text or an integer under the key '"
              + key
              + "', found "
              + JsonFields.kind(id));
    }
    return SampleIds.of(id);
  }
}
