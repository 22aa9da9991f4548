package io.github.llavamed.weights.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The files of a model beside weights and configuration. */
final class CompanionFiles {
  private static final List<String> VOCABULARIES =
      List.of("tokenizer.model", "tokenizer.json", "vocab.json", "vocab.txt");

  private static final List<String> OTHERS =
      List.of(
          "merges.txt",
          "tokenizer_config.json",
          "special_tokens_map.json",
          "added_tokens.json",
          "chat_template.json",
          "chat_template.jinja",
          "generation_config.json",
          "preprocessor_config.json",
          "processor_config.json");

  private CompanionFiles() {}

  /** Copies what there is and returns the names; notes it if there is no vocabulary. */
  static List<String> copy(Path from, Path to, List<String> notes) throws IOException {
    List<String> copied = new ArrayList<>();
    for (String name : VOCABULARIES) {
      copyIfPresent(from, to, name, copied);
    }
    if (copied.isEmpty()) {
      notes.add("%s: no tokenizer was found, so none was copied".formatted(from));
    }
    for (String name : OTHERS) {
      copyIfPresent(from, to, name, copied);
    }
    return copied;
  }

  private static void copyIfPresent(Path from, Path to, String name, List<String> copied)
      throws IOException {
    Path file = from.resolve(name);
    if (Files.isRegularFile(file)) {
      // By stream: the copy is an ordinary file, writable, whatever the source is.
      try (var in = Files.newInputStream(file)) {
        Files.copy(in, to.resolve(name));
      }
      copied.add(name);
    }
  }
}
