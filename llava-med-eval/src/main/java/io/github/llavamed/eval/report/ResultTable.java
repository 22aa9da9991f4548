package io.github.llavamed.eval.report;

import io.github.llavamed.eval.internal.python.PythonNumbers;
import java.util.ArrayList;
import java.util.List;

/** Lays out names and numbers as the original's two-column table. Thread-safe. */
public final class ResultTable {
  private static final String[] HEADERS = {"Metric", "Performance"};

  /** The original's table widens columns by two blanks beyond their header. */
  private static final int PADDING = 2;

  private ResultTable() {}

  /**
   * Returns the table without final line end.
   *
   * @param names first column, left-aligned
   * @param values second column, six significant digits, aligned at the point
   */
  public static String of(List<String> names, List<Double> values) {
    List<String> numbers = aligned(values.stream().map(PythonNumbers::general).toList());
    int first = width(names, HEADERS[0]);
    int second = width(numbers, HEADERS[1]);
    List<String> lines = new ArrayList<>();
    lines.add(row(HEADERS[0], HEADERS[1], first, second));
    lines.add("-".repeat(first) + "  " + "-".repeat(second));
    for (int i = 0; i < names.size(); i++) {
      lines.add(row(names.get(i), numbers.get(i), first, second));
    }
    return String.join("\n", lines);
  }

  private static List<String> aligned(List<String> numbers) {
    int most = numbers.stream().mapToInt(ResultTable::decimals).max().orElse(-1);
    return numbers.stream().map(number -> number + " ".repeat(most - decimals(number))).toList();
  }

  /** Characters after the point, or after the exponent sign, or −1 for an integer. */
  private static int decimals(String number) {
    int point = number.lastIndexOf('.');
    if (point < 0) {
      point = number.lastIndexOf('e');
    }
    return point < 0 ? -1 : number.length() - point - 1;
  }

  private static int width(List<String> cells, String header) {
    int longest = cells.stream().mapToInt(String::length).max().orElse(0);
    return Math.max(longest, header.length() + PADDING);
  }

  private static String row(String name, String value, int first, int second) {
    String line =
        name
            + " ".repeat(first - name.length())
            + "  "
            + " ".repeat(second - value.length())
            + value;
    return line.stripTrailing();
  }
}
