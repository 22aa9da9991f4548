package io.github.llavamed.demo.dataset;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes a JSON array, one element a line, whole or not at all. Confined to one thread. */
final class JsonArrayFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Writer writer;
  private int size;

  private JsonArrayFile(Writer writer) {
    this.writer = writer;
  }

  /** What fills the array. */
  interface Content {
    /** Adds the elements. */
    void addTo(JsonArrayFile file) throws IOException;
  }

  static void write(Path file, Content content) throws IOException {
    Path temporary = file.resolveSibling("." + file.getFileName() + ".tmp");
    try {
      try (Writer writer = Files.newBufferedWriter(temporary)) {
        writer.write("[");
        content.addTo(new JsonArrayFile(writer));
        writer.write("\n]\n");
      }
      Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Appends an element. */
  void add(ObjectNode element) throws IOException {
    writer.write(size == 0 ? "\n" : ",\n");
    writer.write(JSON.writeValueAsString(element));
    size++;
  }

  /** Returns how many elements there are. */
  int size() {
    return size;
  }
}
