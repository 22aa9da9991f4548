package io.github.llavamed.onnx.internal.store;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.onnx.internal.graph.Sha256;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;

/**
 * What an export depends on: an export with another key is another export.
 *
 * @param exporterVersion version of the graphs that the exporter writes
 * @param weightsHash hash of the weights
 * @param configDigest SHA-256 of the parts of the configuration that shape the graphs
 * @param precision number format of the matrix products, and what else tells exports of one
 *     precision apart
 */
public record ExportKey(
    int exporterVersion, String weightsHash, String configDigest, String precision) {
  private static final int NAME_DIGITS = 16;

  /**
   * Returns the key of a model.
   *
   * @param precision name of the number format and its variant, as part of a file name
   * @param settings further settings that shape the graphs
   */
  public static ExportKey of(
      ModelArtifacts model, String precision, String settings, int exporterVersion) {
    LlavaConfig config = model.config();
    String parts =
        List.of(
                config.languageModel(),
                config.visionTower(),
                config.projector(),
                config.featureSelection(),
                config.contextLength(),
                settings)
            .toString();
    return new ExportKey(exporterVersion, model.weightsHash(), digest(parts), precision);
  }

  /** Returns the name of the export's directory, for example {@code onnx-fp32-0123456789abcdef}. */
  public String directoryName() {
    String hash = digest(weightsHash + '\n' + configDigest);
    return "onnx-" + precision + "-" + hash.substring(0, NAME_DIGITS);
  }

  private static String digest(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(Sha256.newDigest().digest(bytes));
  }
}
