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

  private static final String DATA_SUFFIX = ".data";

  private ExportFiles() {}

  /** Returns the name of a graph's external data file. */
  public static String data(String graph) {
    return graph + DATA_SUFFIX;
  }

  /** Returns the files that every export has beside its manifest. */
  static List<String> required() {
    return List.of(VISION, data(VISION), DECODER, data(DECODER));
  }
}
