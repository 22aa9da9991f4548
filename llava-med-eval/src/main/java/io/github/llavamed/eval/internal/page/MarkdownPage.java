package io.github.llavamed.eval.internal.page;

import java.util.List;
import java.util.stream.Collectors;

/** Writes pages as Markdown; pictures are left out. */
public final class MarkdownPage {
  private MarkdownPage() {}

  /** Returns the page. */
  public static String of(List<Block> blocks) {
    return blocks.stream()
            .map(MarkdownPage::text)
            .filter(text -> !text.isEmpty())
            .collect(Collectors.joining("\n\n"))
        + "\n";
  }

  private static String text(Block block) {
    if (block instanceof Block.Heading heading) {
      return "#".repeat(heading.level()) + " " + escape(heading.text());
    }
    if (block instanceof Block.Paragraph paragraph) {
      return escape(paragraph.text());
    }
    if (block instanceof Block.Lines lines) {
      return "```text\n" + lines.text().stripTrailing() + "\n```";
    }
    if (block instanceof Block.Table table) {
      return row(table.header())
          + "\n"
          + row(table.header().stream().map(cell -> "---").toList())
          + table.rows().stream().map(cells -> "\n" + row(cells)).collect(Collectors.joining());
    }
    if (block instanceof Block.Example example) {
      return "**"
          + escape(example.title())
          + "**\n"
          + example.fields().stream()
              .map(field -> "\n- " + escape(field.name()) + ": " + cell(field.text()))
              .collect(Collectors.joining());
    }
    return "";
  }

  private static String row(List<String> cells) {
    return cells.stream().map(MarkdownPage::cell).collect(Collectors.joining(" | ", "| ", " |"));
  }

  private static String cell(String text) {
    return escape(text.replaceAll("\\s*\\R\\s*", " "));
  }

  /** What a model wrote must not become markup. */
  private static String escape(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      char next = i + 1 < text.length() ? text.charAt(i + 1) : ' ';
      boolean markup =
          switch (c) {
            case '\\', '`', '*', '<', '>', '|', '&' -> true;
            case ']' -> next == '(' || next == '[' || next == ':';
            case '_' -> !(isLetter(text, i - 1) && isLetter(text, i + 1));
            case '#' -> i == 0;
            default -> false;
          };
      out.append(markup ? "\\" : "").append(c);
    }
    return out.toString();
  }

  private static boolean isLetter(String text, int index) {
    return index >= 0 && index < text.length() && Character.isLetterOrDigit(text.charAt(index));
  }
}
