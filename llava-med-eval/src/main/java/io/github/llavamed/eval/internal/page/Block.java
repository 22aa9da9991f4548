package io.github.llavamed.eval.internal.page;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One part of a page. */
public sealed interface Block {
  /**
   * A heading.
   *
   * @param level 1 for the page's title
   */
  record Heading(int level, String text) implements Block {}

  /** A paragraph of plain text. */
  record Paragraph(String text) implements Block {}

  /** Lines that are shown as they are. */
  record Lines(String text) implements Block {}

  /**
   * A table.
   *
   * @param header one cell a column
   * @param rows cells by row, as many as the header has
   */
  record Table(List<String> header, List<List<String>> rows) implements Block {
    /** Copies the lists. */
    public Table {
      header = List.copyOf(header);
      rows = rows.stream().map(List::copyOf).toList();
    }
  }

  /**
   * A picture, for pages that can hold one.
   *
   * @param description what it shows
   * @param data an address that holds the picture itself
   */
  record Picture(String description, String data) implements Block {}

  /**
   * A question with its answers.
   *
   * @param title what kind of example it is
   * @param picture the question's image as an address that holds it, or null
   * @param fields name and text, in order
   */
  record Example(String title, @Nullable String picture, List<Field> fields) implements Block {
    /** Copies the list. */
    public Example {
      fields = List.copyOf(fields);
    }
  }

  /** A name and a text. */
  record Field(String name, String text) {}
}
