package io.github.llavamed.onnx.export;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.internal.runtime.OrtSessions;
import io.github.llavamed.onnx.internal.store.DirectoryTree;
import io.github.llavamed.onnx.internal.store.ExportCheck;
import io.github.llavamed.onnx.internal.store.ExportKey;
import io.github.llavamed.onnx.internal.store.ExportLock;
import io.github.llavamed.onnx.internal.store.ExportManifest;
import io.github.llavamed.onnx.internal.store.FileRecord;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes a model as two ONNX graphs, {@code vision.onnx} and {@code decoder.onnx} with their data
 * files, a {@code manifest.json}, and a {@code parity.json} that says how far it is from float32. A
 * graph with products of bytes has a twin over the same data file, {@code decoder-mapped.onnx}, for
 * weights that stay in the file.
 *
 * <p>An export appears whole or not at all: it is written beside its place and renamed. Exporters
 * of several threads and processes wait for one another. An export that is stale or damaged is
 * written anew. Safe for concurrent use.
 */
public final class OnnxExporter {
  /** Version of the graphs this exporter writes; exports of other versions are written anew. */
  public static final int VERSION = 4;

  private static final Logger LOG = LoggerFactory.getLogger(OnnxExporter.class);

  /** Room for graphs and alignment on top of the weights. */
  private static final long SPARE_BYTES = 64L << 20;

  private final OnnxExportConfig config;

  /**
   * Creates an exporter.
   *
   * @throws LlavaMedException if the precision cannot be exported
   */
  public OnnxExporter(OnnxExportConfig config) {
    this.config = config;
    Precision precision = config.precision();
    if (precision.isPair()) {
      throw new LlavaMedException(
          "ONNX export: '%s' is two exports, '%s' and '%s'; make each"
              .formatted(precision.id(), precision.prompts().id(), precision.newTokens().id()));
    }
    if (precision == Precision.FP16 || precision == Precision.BF16) {
      throw new LlavaMedException(
          "ONNX export: precision '%s' is not available; available: fp32, int8, int8-blocks, int4"
              .formatted(precision.id()));
    }
  }

  /** Returns a sound export of the model under {@code parent}, or nothing. Writes nothing. */
  public Optional<OnnxExport> find(ModelArtifacts model, Path parent) {
    ExportKey key = key(model);
    Path directory = parent.resolve(key.directoryName());
    if (!Files.isDirectory(directory) || check(key).defect(directory).isPresent()) {
      return Optional.empty();
    }
    return Optional.of(new OnnxExport(directory, config.precision(), true));
  }

  /**
   * Returns the export of the model under {@code parent}, written now unless a sound one is there.
   *
   * @param parent directory that holds exports, made if missing
   * @throws IOException if files cannot be written
   * @throws LlavaMedException if the model cannot be exported or there is no room for it
   */
  public OnnxExport export(ModelArtifacts model, Path parent) throws IOException {
    Optional<OnnxExport> found = find(model, parent);
    if (found.isPresent()) {
      LOG.info("using the ONNX export in {}", found.get().directory());
      return found.get();
    }
    ExportKey key = key(model);
    if (!Files.isDirectory(parent)) { // createDirectories refuses a link to a directory
      Files.createDirectories(parent);
    }
    try (ExportLock lock = ExportLock.acquire(parent.resolve(key.directoryName() + ".lock"))) {
      return exportLocked(model, key, parent);
    }
  }

  private OnnxExport exportLocked(ModelArtifacts model, ExportKey key, Path parent)
      throws IOException {
    Path directory = parent.resolve(key.directoryName());
    String temporaryPrefix = key.directoryName() + ".tmp-";
    // Whoever left these is dead, or would hold the lock.
    DirectoryTree.deleteByPrefix(parent, temporaryPrefix);
    boolean present = Files.exists(directory);
    if (present) {
      Optional<String> defect = check(key).defect(directory);
      if (defect.isEmpty()) {
        return new OnnxExport(directory, config.precision(), true);
      }
      LOG.warn("rebuilding the ONNX export in {}: {}", directory, defect.get());
    }
    requireSpace(model, parent);
    LOG.info("exporting {} to ONNX, {}, into {}", model.directory(), key.precision(), directory);
    // Unlike the platform's temporary directories, readable by whoever may read the parent.
    Path temporary = Files.createDirectory(parent.resolve(temporaryPrefix + UUID.randomUUID()));
    try {
      write(model, key, temporary);
      if (present) {
        // A directory cannot be renamed onto a filled one; files in use stay readable.
        Files.move(
            directory,
            parent.resolve(temporary.getFileName() + ".old"),
            StandardCopyOption.ATOMIC_MOVE);
      }
      Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      DirectoryTree.deleteByPrefix(parent, temporaryPrefix);
    }
    return new OnnxExport(directory, config.precision(), false);
  }

  private void write(ModelArtifacts model, ExportKey key, Path directory) throws IOException {
    Map<String, FileRecord> files = new ExportWriter(model, config, directory).write();
    new ExportManifest(key, OrtSessions.version(), files).write(directory);
  }

  private void requireSpace(ModelArtifacts model, Path parent) throws IOException {
    long needed = SPARE_BYTES + ModelBytes.of(model).exported(config.precision());
    long free = Files.getFileStore(parent).getUsableSpace();
    if (free < needed) {
      throw new LlavaMedException(
          "ONNX export into %s needs %d MiB, %d MiB are free; free some, or name another cache"
                  .formatted(parent, needed >> 20, free >> 20)
              + " directory");
    }
  }

  private ExportKey key(ModelArtifacts model) {
    return ExportKey.of(model, config.variant(), config.settings(), VERSION);
  }

  private ExportCheck check(ExportKey key) {
    return new ExportCheck(key, config.verify());
  }
}
