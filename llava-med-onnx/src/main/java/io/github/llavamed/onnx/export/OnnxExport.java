package io.github.llavamed.onnx.export;

import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.onnx.internal.store.ExportFiles;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An export on disk. Token embeddings are not part of it: they are read from the checkpoint.
 *
 * @param directory the directory that holds it
 * @param precision number format of the matrix products
 * @param reused true if it was there before, false if it was written now
 */
public record OnnxExport(Path directory, Precision precision, boolean reused) {
  /** Returns the graph from pixel values to image features and projected features, for packing. */
  public Path visionModel() {
    return directory.resolve(ExportFiles.VISION);
  }

  /**
   * Reads how far the export is from float32.
   *
   * @throws IOException if {@code parity.json} is missing or damaged
   */
  public ParityReport parity() throws IOException {
    return ParityFile.read(directory);
  }

  /** Returns the graph from embeddings to logits, for packing. */
  public Path decoderModel() {
    return directory.resolve(ExportFiles.DECODER);
  }

  /** Returns the graph from pixel values to features for a placement of the weights. */
  public Path visionModel(WeightPlacement placement) {
    return graph(ExportFiles.VISION, placement);
  }

  /** Returns the graph from embeddings to logits for a placement of the weights. */
  public Path decoderModel(WeightPlacement placement) {
    return graph(ExportFiles.DECODER, placement);
  }

  /** Graphs without products of bytes take weights in either place. */
  private Path graph(String name, WeightPlacement placement) {
    Path mapped = directory.resolve(ExportFiles.mapped(name));
    return placement == WeightPlacement.MAPPED && Files.exists(mapped)
        ? mapped
        : directory.resolve(name);
  }
}
