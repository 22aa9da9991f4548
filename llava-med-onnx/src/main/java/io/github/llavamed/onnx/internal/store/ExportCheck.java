package io.github.llavamed.onnx.internal.store;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * Decides whether an export on disk can be used as it is.
 *
 * <p>Sizes are always compared. Hashes are compared for small files always, for large ones only on
 * demand: reading a whole decoder takes longer than loading it.
 *
 * @param key the key the export must have
 * @param hashEverything whether large files are hashed too
 */
public record ExportCheck(ExportKey key, boolean hashEverything) {
  /** Files up to this size are always hashed: some hundredths of a second. */
  private static final long ALWAYS_HASHED_BYTES = 16 << 20;

  /** Returns the reason why an export must be rebuilt, or nothing if it is sound. */
  public Optional<String> defect(Path directory) {
    ExportManifest manifest;
    try {
      manifest = ExportManifest.read(directory);
    } catch (IOException e) {
      return Optional.of("its manifest cannot be read (" + e + ")");
    }
    if (manifest.key().exporterVersion() != key.exporterVersion()) {
      return Optional.of(
          "it was written by exporter version %d, not %d"
              .formatted(manifest.key().exporterVersion(), key.exporterVersion()));
    }
    if (!manifest.key().equals(key)) {
      return Optional.of("it belongs to other weights or another configuration");
    }
    try {
      return fileDefect(directory, manifest);
    } catch (IOException e) {
      return Optional.of("its files cannot be read (" + e + ")");
    }
  }

  private Optional<String> fileDefect(Path directory, ExportManifest manifest) throws IOException {
    for (Map.Entry<String, FileRecord> entry : manifest.files().entrySet()) {
      Path file = directory.resolve(entry.getKey());
      FileRecord expected = entry.getValue();
      if (!Files.isRegularFile(file)) {
        return Optional.of(entry.getKey() + " is missing");
      }
      long bytes = Files.size(file);
      if (bytes != expected.bytes()) {
        return Optional.of(
            "%s has %d bytes instead of %d".formatted(entry.getKey(), bytes, expected.bytes()));
      }
      boolean hash = hashEverything || bytes <= ALWAYS_HASHED_BYTES;
      if (hash && !FileRecord.of(file).equals(expected)) {
        return Optional.of("the contents of " + entry.getKey() + " have changed");
      }
    }
    return Files.isRegularFile(directory.resolve(ExportFiles.PARITY))
        ? Optional.empty()
        : Optional.of(ExportFiles.PARITY + " is missing");
  }
}
