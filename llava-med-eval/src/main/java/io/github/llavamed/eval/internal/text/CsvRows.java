package io.github.llavamed.eval.internal.text;

import io.github.llavamed.eval.EvaluationException;
import java.util.ArrayList;
import java.util.List;

/** Parses comma-separated values with double quotes; blank lines are left out. */
public final class CsvRows {
  private CsvRows() {}

  /**
   * Returns the rows of a text.
   *
   * @param where file, for the message
   */
  public static List<List<String>> parse(String text, String where) {
    List<List<String>> rows = new ArrayList<>();
    List<String> row = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    boolean wasQuoted = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (quoted) {
        if (c != '"') {
          cell.append(c);
        } else if (i + 1 < text.length() && text.charAt(i + 1) == '"') {
          cell.append('"');
          i++;
        } else {
          quoted = false;
        }
      } else if (c == '"' && cell.isEmpty()) {
        quoted = true;
        wasQuoted = true;
      } else if (c == ',') {
        row.add(take(cell));
      } else if (c == '\n' || c == '\r') {
        endRow(rows, row, cell, wasQuoted);
        row = new ArrayList<>();
        wasQuoted = false;
      } else {
        cell.append(c);
      }
    }
    if (quoted) {
      throw new EvaluationException(
          where
              + ": expected a closing quote, found the end of the file in row "
              + (rows.size() + 1));
    }
    endRow(rows, row, cell, wasQuoted);
    return rows;
  }

  private static void endRow(
      List<List<String>> rows, List<String> row, StringBuilder cell, boolean wasQuoted) {
    if (!row.isEmpty() || !cell.isEmpty() || wasQuoted) {
      row.add(take(cell));
      rows.add(row);
    }
  }

  private static String take(StringBuilder cell) {
    String text = cell.toString();
    cell.setLength(0);
    return text;
  }
}
