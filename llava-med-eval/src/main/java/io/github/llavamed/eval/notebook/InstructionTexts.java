package io.github.llavamed.eval.notebook;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.data.VqaJson;
import io.github.llavamed.eval.internal.python.JsonFields;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.python.PythonText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * The instructions and responses of conversation data. Immutable.
 *
 * @param instructions what humans say; lines that mention an image are left out
 * @param responses what the model says
 */
public record InstructionTexts(List<String> instructions, List<String> responses) {
  private static final String IMAGE = "<image>";

  /** Copies the lists. */
  public InstructionTexts {
    instructions = List.copyOf(instructions);
    responses = List.copyOf(responses);
  }

  /**
   * Reads a JSON array of conversations.
   *
   * @throws io.github.llavamed.eval.EvaluationException if an item has another shape
   */
  public static InstructionTexts read(Path file, EvaluationOptions options) throws IOException {
    return of(new JsonFiles(options).tree(file), file.toString());
  }

  static InstructionTexts of(JsonNode conversations, String where) {
    List<String> instructions = new ArrayList<>();
    List<String> responses = new ArrayList<>();
    for (JsonNode item : conversations) {
      for (JsonNode turn : VqaJson.turns(item, where)) {
        String from = JsonFields.text(turn, "from", where);
        String value = JsonFields.text(turn, "value", where);
        if (from.equals("gpt")) {
          responses.add(value);
        } else if (from.equals("human") && value.contains(IMAGE)) {
          PythonText.split(value, '\n').stream()
              .filter(line -> !line.contains(IMAGE))
              .forEach(instructions::add);
        } else if (from.equals("human")) {
          instructions.add(value);
        }
      }
    }
    return new InstructionTexts(instructions, responses);
  }

  /** Returns the line that the notebook prints, with line end. */
  public String text(String name) {
    return name + ": " + instructions.size() + " | " + responses.size() + "\n";
  }
}
