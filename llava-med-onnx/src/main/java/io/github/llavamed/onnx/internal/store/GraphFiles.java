package io.github.llavamed.onnx.internal.store;

import io.github.llavamed.onnx.internal.graph.ExternalDataWriter;
import io.github.llavamed.onnx.internal.graph.GraphBuilder;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Writes one graph, its external data file, and other graphs over the same data. */
public final class GraphFiles {
  private GraphFiles() {}

  /**
   * What a graph consists of.
   *
   * @param name of its file; its data file is named after it
   * @param content adds it to an empty graph
   * @param twin adds what has the same weights and takes them as they lie in the file, to a twin of
   *     the graph, or null if the graph itself does
   */
  public record Parts(
      String name, Consumer<GraphBuilder> content, @Nullable Consumer<GraphBuilder> twin) {
    /** Has no twin. */
    public Parts(String name, Consumer<GraphBuilder> content) {
      this(name, content, null);
    }
  }

  /**
   * Writes a graph and its data file into a directory, and its twin if it has one, and {@code
   * name.probe} for the same data if values are named, which the caller deletes.
   *
   * @param exposed values that the probe has as further outputs
   * @return the records of all files but the probe by name
   */
  public static Map<String, FileRecord> write(Path directory, Parts parts, List<String> exposed)
      throws IOException {
    String name = parts.name();
    String dataName = ExportFiles.data(name);
    Path graphFile = directory.resolve(name);
    Path dataFile = directory.resolve(dataName);
    Map<String, FileRecord> files = new HashMap<>();
    try (ExternalDataWriter data = ExternalDataWriter.create(dataFile)) {
      GraphBuilder graph = new GraphBuilder(name, data);
      parts.content().accept(graph);
      graph.write(graphFile);
      if (!exposed.isEmpty()) {
        graph.writeExposing(directory.resolve(ExportFiles.probe(name)), exposed);
      }
      if (parts.twin() != null) {
        String twinName = ExportFiles.mapped(name);
        GraphBuilder twin = graph.startTwin(twinName);
        parts.twin().accept(twin);
        twin.write(directory.resolve(twinName));
        files.put(twinName, FileRecord.of(directory.resolve(twinName)));
      }
      String hash = data.finish();
      files.put(dataName, new FileRecord(Files.size(dataFile), hash));
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
    files.put(name, FileRecord.of(graphFile));
    return files;
  }
}
