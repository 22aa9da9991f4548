package io.github.llavamed.eval.internal.python;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Reads JSON and JSON lines files within the limits, with file and line in every message. */
public final class JsonFiles {
  private final EvaluationOptions options;
  private final PythonJson json;

  /** Creates a reader with options. */
  public JsonFiles(EvaluationOptions options) {
    this.options = options;
    this.json = new PythonJson(options.limits());
  }

  /**
   * One value of a JSON lines file.
   *
   * @param value the value
   * @param where file and line number, for messages
   */
  public record Line(JsonNode value, String where) {}

  /** Reads a file of one JSON value. */
  public JsonNode tree(Path file) throws IOException {
    return json.parse(text(file), file.toString());
  }

  /** Reads a file of one JSON value a line; lines end at LF, CR LF or CR. */
  public List<Line> lines(Path file) throws IOException {
    return lines(text(file), file.toString());
  }

  /** Parses the text of a JSON lines file. */
  public List<Line> lines(String text, String name) {
    boolean skipBlank = !options.quirks().keeps(EvaluationQuirk.BLANK_LINE_FAILS);
    List<Line> lines = new ArrayList<>();
    int number = 0;
    for (String line : physicalLines(text)) {
      number++;
      if (!(skipBlank && PythonText.strip(line).isEmpty())) {
        String where = name + ", line " + number;
        lines.add(new Line(json.parse(line, where), where));
      }
    }
    return lines;
  }

  /** Splits at LF, CR LF or CR; the line end, as LF, stays with its line. */
  public static List<String> physicalLines(String text) {
    List<String> lines = new ArrayList<>();
    int start = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\n' || c == '\r') {
        lines.add(text.substring(start, i) + "\n");
        if (c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n') {
          i++;
        }
        start = i + 1;
      }
    }
    if (start < text.length()) {
      lines.add(text.substring(start));
    }
    return lines;
  }

  /** Reads a UTF-8 file. */
  public String text(Path file) throws IOException {
    if (!Files.exists(file)) {
      throw new NoSuchFileException(file.toString());
    }
    long size = Files.size(file);
    if (size > options.limits().maxFileBytes()) {
      throw new EvaluationException(
          file
              + ": expected at most "
              + options.limits().maxFileBytes()
              + " bytes, found "
              + size
              + "; raise EvaluationLimits.maxFileBytes if the file is right");
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(Files.readAllBytes(file)))
          .toString();
    } catch (CharacterCodingException e) {
      throw new EvaluationException(
          file + ": expected UTF-8 text, found other bytes; convert the file", null, e);
    }
  }
}
