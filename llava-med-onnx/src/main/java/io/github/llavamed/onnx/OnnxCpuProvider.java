package io.github.llavamed.onnx;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.BackendOptions;
import io.github.llavamed.inference.BackendStatus;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.InferenceBackendProvider;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.onnx.export.ModelBytes;
import io.github.llavamed.onnx.export.OnnxExport;
import io.github.llavamed.onnx.export.OnnxExportConfig;
import io.github.llavamed.onnx.export.OnnxExporter;
import io.github.llavamed.onnx.internal.host.CpuFeatures;
import io.github.llavamed.onnx.internal.host.Memory;
import io.github.llavamed.onnx.internal.runtime.OnnxBackend;
import io.github.llavamed.onnx.internal.runtime.OrtSessions;
import io.github.llavamed.onnx.internal.runtime.WeightForm;
import io.github.llavamed.onnx.internal.store.ExportPlaces;
import io.github.llavamed.onnx.quantization.TowerRounding;
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
 *
 * <p>Precisions: fp32, int8, int8-blocks, int4, and the pairs int8+int8-blocks and int8+int4, which
 * read prompts in int8 and make new tokens in the other, for the memory of both. Where none is
 * asked for, models of less than 1 GiB of weights run in fp32, larger ones in int8, or in int4
 * where memory is short.
 *
 * <p>Weights are packed into memory of the process unless they are asked to stay {@link
 * WeightPlacement#MAPPED}, which fp32 and int8 can. Then a model loads in a fraction of a second
 * instead of about one per gigabyte, and takes file pages instead of memory of its own. Measured in
 * int8, prompts take about a quarter longer, new tokens half as long again, steps of several
 * sequences twice as long; so packing pays from a few questions on. Results are the same bit for
 * bit in int8 and agree within rounding in fp32.
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
  public Optional<String> precisionAdvice() {
    return Optional.of(PrecisionChoice.advice(Memory.available(), CpuFeatures.current()));
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
    WeightPlacement placement = placement(options, onnxOptions);
    Precision precision = precision(model, options, placement, onnxOptions);
    int threads = threads(options); // Refused before anything is written.
    TowerRounding tower = tower(precision, options);
    ExportPlaces places = ExportPlaces.of(model, options);
    OnnxExport prompts = export(exporter(precision.prompts(), tower, onnxOptions), model, places);
    OnnxExport newTokens =
        precision.isPair()
            ? export(exporter(precision.newTokens(), tower, onnxOptions), model, places)
            : prompts;
    WeightForm form = form(precision, placement, onnxOptions);
    return open(model, precision, prompts, newTokens, threads, onnxOptions.chunkRows(), form);
  }

  /**
   * Makes a backend of an export, for example of one with other rounding than {@link #create}
   * takes. The caller closes it, and closes {@code model} after it.
   *
   * @param model what was exported; token embeddings are read from it
   * @param threads worker threads, ≥ 1
   */
  public InferenceBackend open(
      ModelArtifacts model, OnnxExport export, int threads, OnnxBackendOptions onnxOptions) {
    WeightForm form = form(export.precision(), WeightPlacement.PACKED, onnxOptions);
    return open(model, export.precision(), export, export, threads, onnxOptions.chunkRows(), form);
  }

  private static InferenceBackend open(
      ModelArtifacts model,
      Precision precision,
      OnnxExport prompts,
      OnnxExport newTokens,
      int threads,
      int chunkRows,
      WeightForm form) {
    LOG.info(
        "{}: {}, vision tower in {}, weights {}, {} threads, graphs in {}{}",
        ID,
        precision.id(),
        towerPrecision(prompts).id(),
        form.placement().id(),
        threads,
        prompts.directory(),
        precision.isPair() ? " and for new tokens in " + newTokens.directory() : "");
    return OnnxBackend.open(
        new OnnxBackend.Settings(ID, precision, threads, chunkRows, form),
        model,
        prompts.visionModel(form.placement()),
        prompts.decoderModel(form.placement()),
        newTokens.decoderModel(form.placement()));
  }

  private static Precision towerPrecision(OnnxExport export) {
    try {
      return export.parity().hasRoundedTower() ? Precision.INT8 : Precision.FP32;
    } catch (IOException e) {
      throw new LlavaMedException(
          "%s: %s; delete this export, it is then made anew".formatted(export.directory(), e), e);
    }
  }

  private static void requireCpu(@Nullable String device) {
    if (device != null && !device.equals("cpu")) {
      throw new LlavaMedException(
          "backend '%s': device '%s' is not available; available: cpu".formatted(ID, device));
    }
  }

  private static Precision precision(
      ModelArtifacts model,
      BackendOptions options,
      WeightPlacement placement,
      OnnxBackendOptions onnxOptions) {
    PrecisionChoice choice =
        PrecisionChoice.of(
            options.precision(),
            new PrecisionChoice.Situation(
                ModelBytes.of(model),
                OnnxBackend.workingBytes(model, onnxOptions.chunkRows()),
                placement,
                Memory.available(),
                CpuFeatures.current()));
    LOG.info("{}: {}", ID, choice.reason());
    choice.warnings().forEach(text -> LOG.warn("{}: {}", ID, text));
    return choice.precision();
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

  private static WeightPlacement placement(BackendOptions options, OnnxBackendOptions onnxOptions) {
    WeightPlacement asked = options.weightPlacement();
    if (asked == WeightPlacement.MAPPED && onnxOptions.prepackedCache()) {
      throw new LlavaMedException(
          ("backend '%s': weights '%s' stay as they lie in the export, so prepackedCache, which keeps"
                  + " packed ones, does not go with them; leave out one of the two")
              .formatted(ID, asked.id()));
    }
    return asked == null ? WeightPlacement.PACKED : asked;
  }

  private static WeightForm form(
      Precision precision, WeightPlacement placement, OnnxBackendOptions options) {
    if (placement == WeightPlacement.MAPPED) {
      return WeightForm.MAPPED;
    }
    // Saved weights in blocks crash 1.28 and 1.29.
    Precision prompts = precision.prompts();
    boolean possible = prompts != Precision.INT4 && prompts != Precision.INT8_BLOCKS;
    if (options.prepackedCache() && !possible) {
      LOG.warn(
          "{}: {} weights cannot be kept prepacked, loading the export itself", ID, prompts.id());
    }
    return options.prepackedCache() && possible ? WeightForm.SAVED : WeightForm.PACKED;
  }

  private static TowerRounding tower(Precision precision, BackendOptions options) {
    Precision asked = options.towerPrecision();
    if (asked == null) {
      return TowerRounding.IF_CLOSE;
    }
    if (asked == Precision.FP32) {
      return TowerRounding.NEVER;
    }
    if (asked != Precision.INT8 || precision == Precision.FP32) {
      throw new LlavaMedException(
          "backend '%s': a vision tower in %s beside a decoder in %s is not available; available:"
                  .formatted(ID, asked.id(), precision.id())
              + " fp32, and int8 beside a decoder in int8, int8-blocks or int4");
    }
    return TowerRounding.ALWAYS;
  }

  private static OnnxExporter exporter(
      Precision precision, TowerRounding tower, OnnxBackendOptions options) {
    return new OnnxExporter(
        new OnnxExportConfig(precision, options.verifyExport()).withTower(tower));
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
