package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.training.AdapterFormat;
import io.github.llavamed.weights.EmbeddingRows;
import io.github.llavamed.weights.ProjectorExtraction;
import io.github.llavamed.weights.WeightsOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Writes projector and embedding as a file of either format. Stateless. */
final class AdapterFile {
  private AdapterFile() {}

  /** Writes a safetensors file. */
  @FunctionalInterface
  interface Safetensors {
    void write(Path file) throws IOException;
  }

  /**
   * Writes the file, in place of one of the same name.
   *
   * @param file without extension
   */
  static void write(Path file, AdapterFormat format, Safetensors safetensors) throws IOException {
    Path target = file.resolveSibling(file.getFileName() + "." + format.extension());
    switch (format) {
      case SAFETENSORS -> safetensors.write(target);
      case BIN -> {
        Path whole = file.resolveSibling("." + file.getFileName() + ".safetensors");
        try {
          safetensors.write(whole);
          ProjectorExtraction.extract(
              whole, target, EmbeddingRows.ALL, WeightsOptions.builder().overwrite(true).build());
        } finally {
          Files.deleteIfExists(whole);
        }
      }
    }
  }
}
