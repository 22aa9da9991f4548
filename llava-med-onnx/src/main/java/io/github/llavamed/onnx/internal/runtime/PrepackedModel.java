package io.github.llavamed.onnx.internal.runtime;

import ai.onnxruntime.OrtSession;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.onnx.internal.graph.Sha256;
import io.github.llavamed.onnx.internal.host.CpuFeatures;
import io.github.llavamed.onnx.internal.store.DirectoryTree;
import io.github.llavamed.onnx.internal.store.ExportFiles;
import io.github.llavamed.onnx.internal.store.ExportLock;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HexFormat;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps a graph a second time with its weights in the form that the kernels want, so that loading
 * maps them instead of copying them.
 *
 * <p>The form depends on the runtime and the processor, so both are part of the directory's name,
 * which lies in the export's own directory and goes when that is written anew.
 */
final class PrepackedModel {
  private static final Logger LOG = LoggerFactory.getLogger(PrepackedModel.class);
  private static final int NAME_DIGITS = 16;

  /** Weights smaller than this stand in the graph itself. */
  private static final String MIN_EXTERNAL_BYTES = "1024";

  private PrepackedModel() {}

  /**
   * Opens a graph by way of its prepacked form, which is made if it is not there.
   *
   * @param model the graph, in a directory that can be written
   */
  static OrtSession open(Path model, int threads) {
    Path directory = model.resolveSibling(directoryName());
    Path prepacked = directory.resolve(String.valueOf(model.getFileName()));
    try {
      if (!Files.exists(prepacked)) {
        make(model, directory, threads);
      }
      return OrtSessions.open(prepacked, threads);
    } catch (IOException | LlavaMedException e) {
      LOG.warn("prepacked weights in {} cannot be used, loading {}: {}", directory, model, e);
      remove(directory);
      return OrtSessions.open(model, threads);
    }
  }

  private static void remove(Path directory) {
    try {
      DirectoryTree.delete(directory);
    } catch (IOException e) {
      LOG.warn("cannot remove {}: {}", directory, e.toString());
    }
  }

  private static String directoryName() {
    CpuFeatures cpu = CpuFeatures.current();
    String what =
        String.join(
            "\n",
            OrtSessions.version(),
            cpu.architecture(),
            cpu.model(),
            new TreeSet<>(cpu.flags()).toString());
    byte[] digest = Sha256.newDigest().digest(what.getBytes(StandardCharsets.UTF_8));
    return "prepacked-" + HexFormat.of().formatHex(digest).substring(0, NAME_DIGITS);
  }

  private static void make(Path model, Path directory, int threads) throws IOException {
    Path lockFile = directory.resolveSibling(directory.getFileName() + ".lock");
    try (ExportLock lock = ExportLock.acquire(lockFile)) {
      if (Files.exists(directory)) {
        return; // Made while this one waited.
      }
      Path temporary =
          directory.resolveSibling(directory.getFileName() + ".tmp-" + UUID.randomUUID());
      Files.createDirectory(temporary);
      try {
        write(model, temporary.resolve(String.valueOf(model.getFileName())), threads);
        Files.move(temporary, directory, StandardCopyOption.ATOMIC_MOVE);
      } finally {
        DirectoryTree.delete(temporary);
      }
    }
  }

  private static void write(Path model, Path target, int threads) {
    OrtSessions.call(
        "prepacking " + model,
        () -> {
          try (OrtSession.SessionOptions options = OrtSessions.options(threads, false)) {
            options.setOptimizedModelFilePath(target.toString());
            options.addConfigEntry("session.save_external_prepacked_constant_initializers", "1");
            options.addConfigEntry(
                "session.optimized_model_external_initializers_file_name",
                ExportFiles.data(String.valueOf(target.getFileName())));
            options.addConfigEntry(
                "session.optimized_model_external_initializers_min_size_in_bytes",
                MIN_EXTERNAL_BYTES);
            OrtSessions.environment().createSession(model.toString(), options).close();
          }
          return true;
        });
  }
}
