package io.github.llavamed.onnx;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.BackendStatus;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.InferenceBackendProvider;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.onnx.export.OnnxExport;
import io.github.llavamed.onnx.export.OnnxExportConfig;
import io.github.llavamed.onnx.export.OnnxExporter;
import io.github.llavamed.onnx.internal.runtime.OnnxBackend;
import io.github.llavamed.onnx.internal.runtime.OrtSessions;
import io.github.llavamed.onnx.internal.store.ExportPlaces;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Provides inference on ONNX Runtime's CPU kernels, id {@value #ID}.
 *
 * <p>The first use of a model writes its graphs to disk; see {@link OnnxExporter}. They go into the
 * options' cache directory, by default {@code ~/.cache/llava-med}; {@code .llavamed} in the model's
 * directory is looked through first if it exists. Safe for concurrent use.
 */
public final class OnnxCpuProvider implements InferenceBackendProvider {
  /** The id that users type. */
  public static final String ID = "onnx-cpu";

  private static final int PRIORITY = 100;
  private static final Logger LOG = LoggerFactory.getLogger(OnnxCpuProvider.class);

  private final Supplier<String> runtimeVersion;

  /** Creates the provider; loads nothing native. */
  public OnnxCpuProvider() {
    this(OrtSessions::version);
  }

  OnnxCpuProvider(Supplier<String> runtimeVersion) {
    this.runtimeVersion = runtimeVersion;
  }

  @Override
  public String id() {
    return ID;
  }

  @Override
  public int priority() {
    return PRIORITY;
  }

  @Override
  public int spiVersion() {
    return InferenceBackendProvider.SPI_VERSION;
  }

  @Override
  public BackendStatus probe() {
    try {
      return BackendStatus.available("ONNX Runtime " + runtimeVersion.get() + " on the CPU");
    } catch (LinkageError | RuntimeException e) {
      return BackendStatus.unavailable(
          "the native library of ONNX Runtime does not load (%s); it exists for Linux x86_64 and"
                  .formatted(e)
              + " aarch64, macOS aarch64 and Windows x86_64");
    }
  }

  @Override
  public InferenceBackend create(ModelArtifacts model, BackendOptions options) {
    return create(model, options, OnnxBackendOptions.defaults());
  }

  /**
   * Makes a backend for one model. The caller closes it, and closes {@code model} after it.
   *
   * @throws LlavaMedException if the model or an option is not supported, or the export cannot be
   *     written
   */
  public InferenceBackend create(
      ModelArtifacts model, BackendOptions options, OnnxBackendOptions onnxOptions) {
    requireCpu(options.device());
    Precision precision = precision(options);
    int threads = threads(options);
    OnnxExport export =
        export(
            new OnnxExporter(new OnnxExportConfig(precision, onnxOptions.verifyExport())),
            model,
            ExportPlaces.of(model, options));
    LOG.info("{}: {}, {} threads, graphs in {}", ID, precision.id(), threads, export.directory());
    return OnnxBackend.open(
        new OnnxBackend.Settings(ID, precision, threads, onnxOptions.chunkRows()),
        model,
        export.visionModel(),
        export.decoderModel());
  }

  private static void requireCpu(@Nullable String device) {
    if (device != null && !device.equals("cpu")) {
      throw new LlavaMedException(
          "backend '%s': device '%s' is not available; available: cpu".formatted(ID, device));
    }
  }

  private static Precision precision(BackendOptions options) {
    Precision asked = options.precision();
    if (asked == null) {
      LOG.info("{}: no precision asked for, using fp32", ID);
      return Precision.FP32;
    }
    if (asked != Precision.FP32) {
      throw new LlavaMedException(
          "backend '%s': precision '%s' is not available; available: fp32"
              .formatted(ID, asked.id()));
    }
    return asked;
  }

  private static int threads(BackendOptions options) {
    Integer asked = options.threads();
    if (asked == null) {
      return Runtime.getRuntime().availableProcessors();
    }
    if (asked < 1) {
      throw new LlavaMedException(
          "backend '%s': threads: expected at least 1, found %d".formatted(ID, asked));
    }
    return asked;
  }

  private static OnnxExport export(
      OnnxExporter exporter, ModelArtifacts model, ExportPlaces places) {
    for (Path place : places.searched()) {
      Optional<OnnxExport> found = exporter.find(model, place);
      if (found.isPresent()) {
        return found.get();
      }
    }
    try {
      return exporter.export(model, places.target());
    } catch (IOException e) {
      throw new LlavaMedException(
          "cannot write the ONNX export into %s: %s; name another cache directory"
              .formatted(places.target(), e),
          e);
    }
  }
}
