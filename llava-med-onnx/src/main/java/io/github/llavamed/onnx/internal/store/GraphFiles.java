package io.github.llavamed.onnx.internal.store;

import io.github.llavamed.onnx.internal.graph.ExternalDataWriter;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Writes one graph and its external data file. */
public final class GraphFiles {
  private GraphFiles() {}

  /**
   * Writes {@code name} and {@code name.data} into a directory.
   *
   * @param content adds the graph's content to an empty graph
   * @return the records of both files by name
   */
  public static Map<String, FileRecord> write(
      Path directory, String name, Consumer<GraphBuilder> content) throws IOException {
    return write(directory, name, content, List.of());
  }

  /**
   * Writes {@code name} and {@code name.data} into a directory, and {@code name.probe} for the same
   * data if values are named, which the caller deletes.
   *
   * @param content adds the graph's content to an empty graph
   * @param exposed values that the probe has as further outputs
   * @return the records of the first two files by name
   */
  public static Map<String, FileRecord> write(
      Path directory, String name, Consumer<GraphBuilder> content, List<String> exposed)
      throws IOException {
    Path dataFile = directory.resolve(ExportFiles.data(name));
    Path graphFile = directory.resolve(name);
    String dataHash;
    try (ExternalDataWriter data = ExternalDataWriter.create(dataFile)) {
      GraphBuilder graph = new GraphBuilder(name, data);
      content.accept(graph);
      dataHash = data.finish();
      graph.write(graphFile);
      if (!exposed.isEmpty()) {
        graph.writeExposing(directory.resolve(ExportFiles.probe(name)), exposed);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    return Map.of(
        ExportFiles.data(name),
        new FileRecord(Files.size(dataFile), dataHash),
        name,
        FileRecord.of(graphFile));
  }
}
