package io.github.llavamed.onnx.internal.store;

import java.util.List;

/** Names of the files of an export. */
public final class ExportFiles {
  /** The vision graph. */
  public static final String VISION = "vision.onnx";

  /** The decoder graph. */
  public static final String DECODER = "decoder.onnx";

  /** What the export was made from, and the sizes and hashes of its files. */
  public static final String MANIFEST = "manifest.json";

  /** How far the export is from float32. */
  public static final String PARITY = "parity.json";

  /** What the name of a graph over another one's data has behind that one's name. */
  private static final String MAPPED = "-mapped";

  private static final String GRAPH_SUFFIX = ".onnx";
  private static final String DATA_SUFFIX = ".data";
  private static final String PROBE_SUFFIX = ".probe";

  private ExportFiles() {}

  /** Returns the name of a graph's external data file. */
  public static String data(String graph) {
    return graph + DATA_SUFFIX;
  }

  /** Returns the name of the graph that takes a graph's weights as they lie in its data file. */
  public static String mapped(String graph) {
    return graph.substring(0, graph.length() - GRAPH_SUFFIX.length()) + MAPPED + GRAPH_SUFFIX;
  }

  /** Returns the name of the file with a graph's weights, which a mapped graph shares. */
  public static String weightsOf(String graph) {
    String mappedEnd = MAPPED + GRAPH_SUFFIX;
    return data(
        graph.endsWith(mappedEnd)
            ? graph.substring(0, graph.length() - mappedEnd.length()) + GRAPH_SUFFIX
            : graph);
  }

  /** Returns the name of the graph that shows a graph's inner values. */
  public static String probe(String graph) {
    return graph + PROBE_SUFFIX;
  }

  /** Returns the files that every export has beside its manifest. */
  static List<String> required() {
    return List.of(VISION, data(VISION), DECODER, data(DECODER));
  }

  /** Returns the files that exports have which hold products of bytes. */
  static List<String> optional() {
    return List.of(mapped(VISION), mapped(DECODER));
  }
}
