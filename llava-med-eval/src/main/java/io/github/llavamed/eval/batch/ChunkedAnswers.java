package io.github.llavamed.eval.batch;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The answers files of a chunked run: one a chunk, and the merged one. Immutable.
 *
 * @param chunkFiles in order, {@code {stem}-chunk{k}.jsonl}
 * @param mergedFile {@code {stem}.jsonl}
 */
public record ChunkedAnswers(List<Path> chunkFiles, Path mergedFile) {
  private static final String ENDING = ".jsonl";

  /** Copies the list. */
  public ChunkedAnswers {
    chunkFiles = List.copyOf(chunkFiles);
  }

  /**
   * Names the files.
   *
   * @param answersFile the merged file, with or without the ending {@code .jsonl}
   * @param chunks at least 1
   */
  public static ChunkedAnswers of(Path answersFile, int chunks) {
    Path fileName = answersFile.getFileName();
    if (fileName == null || chunks < 1) {
      throw new IllegalArgumentException(
          "chunked answers: expected a file name and at least 1 chunk, found '"
              + answersFile
              + "' and "
              + chunks);
    }
    String name = fileName.toString();
    String stem = name.endsWith(ENDING) ? name.substring(0, name.length() - ENDING.length()) : name;
    return new ChunkedAnswers(
        IntStream.range(0, chunks)
            .mapToObj(k -> answersFile.resolveSibling(stem + "-chunk" + k + ENDING))
            .toList(),
        answersFile.resolveSibling(stem + ENDING));
  }

  /**
   * Concatenates the chunk files byte for byte; they stay. The merged file appears whole or not at
   * all.
   *
   * @throws IOException if a chunk file is missing or the merged file cannot be written
   */
  public Path merge() throws IOException {
    Path parent = mergedFile.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(parent, "merge", ENDING);
    try {
      try (OutputStream out = Files.newOutputStream(temporary)) {
        for (Path chunk : chunkFiles) {
          Files.copy(chunk, out);
        }
      }
      Files.move(temporary, mergedFile, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(temporary);
    }
    return mergedFile;
  }
}
