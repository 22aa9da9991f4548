package io.github.llavamed.eval.notebook;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.JsonFiles;
import io.github.llavamed.eval.internal.text.CsvRows;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The most frequent verbs of instructions with their most frequent objects. Immutable.
 *
 * @param distinctPairs number of distinct pairs of verb and noun
 * @param rows for each of the verbs, in alphabetical order, its nouns by falling count
 */
public record VerbNounTable(int distinctPairs, List<Row> rows) {
  private static final int VERBS = 20;
  private static final int NOUNS = 4;

  /** What pandas 1.5.3 reads as a missing value. */
  private static final Set<String> MISSING =
      Set.of(
          "",
          "#N/A",
          "#N/A N/A",
          "#NA",
          "-1.#IND",
          "-1.#QNAN",
          "-NaN",
          "-nan",
          "1.#IND",
          "1.#QNAN",
          "<NA>",
          "N/A",
          "NA",
          "NULL",
          "NaN",
          "n/a",
          "nan",
          "null");

  /** Copies the list. */
  public VerbNounTable {
    rows = List.copyOf(rows);
  }

  /**
   * A pair and how often it occurs. Immutable.
   *
   * @param verb base form
   * @param noun base form
   * @param count at least 1
   */
  public record Row(String verb, String noun, int count) {}

  /**
   * Reads a CSV file with the columns {@code verb}, {@code noun}, {@code seq}; rows that lack one
   * of them are left out.
   *
   * @throws EvaluationException if a column is missing
   */
  public static VerbNounTable read(Path file, EvaluationOptions options) throws IOException {
    List<List<String>> table = CsvRows.parse(new JsonFiles(options).text(file), file.toString());
    List<String> header = table.isEmpty() ? List.of() : table.get(0);
    int[] columns = {header.indexOf("verb"), header.indexOf("noun"), header.indexOf("seq")};
    if (columns[0] < 0 || columns[1] < 0 || columns[2] < 0) {
      throw new EvaluationException(
          file + ": expected the columns verb, noun, seq, found " + header);
    }
    Map<String, Map<String, Integer>> counts = new TreeMap<>();
    for (List<String> row : table.subList(1, table.size())) {
      boolean complete = true;
      for (int column : columns) {
        complete &= column < row.size() && !MISSING.contains(row.get(column));
      }
      if (complete) {
        counts
            .computeIfAbsent(row.get(columns[0]), verb -> new TreeMap<>())
            .merge(row.get(columns[1]), 1, Integer::sum);
      }
    }
    return of(counts);
  }

  private static VerbNounTable of(Map<String, Map<String, Integer>> counts) {
    int pairs = 0;
    Map<String, Integer> totals = new LinkedHashMap<>();
    for (Map.Entry<String, Map<String, Integer>> verb : counts.entrySet()) {
      pairs += verb.getValue().size();
      totals.put(
          verb.getKey(), verb.getValue().values().stream().mapToInt(Integer::intValue).sum());
    }
    List<String> verbs =
        totals.entrySet().stream()
            .sorted(Comparator.comparing(entry -> -entry.getValue())) // stable: ties alphabetical
            .limit(VERBS)
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    List<Row> rows = new ArrayList<>();
    for (String verb : verbs) {
      counts.getOrDefault(verb, Map.of()).entrySet().stream()
          .sorted(Comparator.comparing(entry -> -entry.getValue()))
          .limit(NOUNS)
          .forEach(noun -> rows.add(new Row(verb, noun.getKey(), noun.getValue())));
    }
    return new VerbNounTable(pairs, rows);
  }

  /** Returns the rows of the two-ring chart: those that occur more often than a threshold. */
  public List<Row> above(int threshold) {
    return rows.stream().filter(row -> row.count() > threshold).toList();
  }

  /**
   * Returns the number of distinct pairs, and a line {@code verb noun count} for each pair that
   * occurs more often than a threshold.
   */
  public String text(int threshold) {
    StringBuilder out = new StringBuilder(distinctPairs + "\n");
    for (Row row : above(threshold)) {
      out.append(row.verb() + " " + row.noun() + " " + row.count() + "\n");
    }
    return out.toString();
  }
}
