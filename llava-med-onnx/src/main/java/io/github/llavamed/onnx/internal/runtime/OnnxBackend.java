package io.github.llavamed.onnx.internal.runtime;

import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.BackendRuntime;
import io.github.llavamed.inference.ContextLengthExceededException;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.inference.ForwardTrace.Matrix;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import io.github.llavamed.onnx.internal.model.ModelTensors;
import io.github.llavamed.onnx.internal.store.ExportFiles;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A model loaded into ONNX Runtime on the CPU. Safe for concurrent use. */
public final class OnnxBackend implements InferenceBackend {
  private static final Logger LOG = LoggerFactory.getLogger(OnnxBackend.class);

  /** Positions of a prompt with an image, a question and an answer. */
  private static final int USUAL_POSITIONS = 1024;

  /**
   * A step of eight sequences takes 1.7 times as long as one of a single one; with more of them the
   * caches cost more memory than is gained.
   */
  private static final int BATCH_SLOTS = 8;

  /** Activations of full width that are alive at once. */
  private static final long LIVE_ACTIVATIONS = 6;

  private final Settings settings;
  private final LlavaConfig config;
  private final OpenGuard guard;
  private final VisionRunner vision;
  private final DecoderContext decoder;
  private final OptionalLong bytesPerToken;

  /**
   * How a model runs.
   *
   * @param id the provider's id
   * @param precision number format of the graphs
   * @param threads worker threads, ≥ 1
   * @param chunkRows rows that go through the decoder at once at most, ≥ 1
   * @param weights in which form the runtime gets the weights
   */
  public record Settings(
      String id, Precision precision, int threads, int chunkRows, WeightForm weights) {}

  private OnnxBackend(
      Settings settings,
      LlavaConfig config,
      OpenGuard guard,
      VisionRunner vision,
      DecoderContext decoder,
      OptionalLong bytesPerToken) {
    this.settings = settings;
    this.config = config;
    this.guard = guard;
    this.vision = vision;
    this.decoder = decoder;
    this.bytesPerToken = bytesPerToken;
  }

  /**
   * Loads the graphs of a model; the caller closes the result, and the model's weights after it.
   *
   * @param visionModel graph from pixel values to image features and projected features
   * @param decoderModel graph from embeddings to logits
   * @param stepModel the same for single rows, the same file where one graph does both
   */
  public static OnnxBackend open(
      Settings settings,
      ModelArtifacts model,
      Path visionModel,
      Path decoderModel,
      Path stepModel) {
    LlavaConfig config = model.config();
    DecoderShape shape = DecoderShape.of(config, model.weights());
    ModelTensors tensors = new ModelTensors(model.weights());
    String embedding = "model.embed_tokens.weight";
    EmbeddingTable table =
        new EmbeddingTable(
            tensors.require(embedding, tensors.rowCount(embedding), shape.hiddenSize()));
    OpenGuard guard = new OpenGuard("backend '" + settings.id() + "'");
    VisionRunner vision =
        VisionRunner.open(visionModel, config, settings.threads(), settings.weights().placement());
    DecoderRunners runners;
    try {
      runners =
          DecoderRunners.open(
              decoderModel, stepModel, shape, settings.threads(), settings.weights());
    } catch (RuntimeException e) {
      vision.close();
      throw e;
    }
    KvStoragePool pool = new KvStoragePool(shape);
    DecoderContext decoder =
        new DecoderContext(
            guard,
            runners,
            pool,
            new BatchMemory(pool),
            table,
            settings.chunkRows(),
            batchSlots(settings));
    return new OnnxBackend(
        settings, config, guard, vision, decoder, bytesPerToken(stepModel, shape));
  }

  /** All of a graph's files but the rotary tables, of which a token reads a row. */
  private static OptionalLong bytesPerToken(Path graph, DecoderShape shape) {
    Path data = graph.resolveSibling(ExportFiles.weightsOf(String.valueOf(graph.getFileName())));
    try {
      return OptionalLong.of(Files.size(graph) + Files.size(data) - shape.rotaryBytes());
    } catch (IOException e) {
      LOG.debug("the size of {} is not known", graph, e);
      return OptionalLong.empty(); // Only the record of a measurement lacks it.
    }
  }

  /**
   * The kernels of blocks, and those of float weights that are not packed, add up a single row in
   * another order than several, so that a step of several sequences would differ in the last
   * digits; the others' rows do not depend on each other.
   */
  private static int batchSlots(Settings settings) {
    return switch (settings.precision().newTokens()) {
      case INT4, INT8_BLOCKS -> 1;
      case FP32 -> settings.weights() == WeightForm.MAPPED ? 1 : BATCH_SLOTS;
      case INT8, FP16, BF16, INT8_INT4, INT8_INT8_BLOCKS -> BATCH_SLOTS;
    };
  }

  /**
   * Returns the memory that a model needs beside its weights: the key/value cache of one full
   * session of at most {@value #USUAL_POSITIONS} positions, and the activations of one chunk.
   */
  public static long workingBytes(ModelArtifacts model, int chunkRows) {
    LlavaConfig config = model.config();
    DecoderShape shape = DecoderShape.of(config, model.weights());
    int positions = Math.min(shape.positions(), USUAL_POSITIONS);
    long widest = Math.max(config.languageModel().intermediateSize(), 3L * shape.hiddenSize());
    long activations = LIVE_ACTIVATIONS * widest * Math.min(chunkRows, positions) * Float.BYTES;
    return KvStorage.bytes(shape, positions) + activations;
  }

  @Override
  public String id() {
    return settings.id();
  }

  @Override
  public Precision precision() {
    return settings.precision();
  }

  @Override
  public Optional<WeightPlacement> weightPlacement() {
    return Optional.of(settings.weights().placement());
  }

  @Override
  public Optional<BackendRuntime> runtime() {
    return Optional.of(new BackendRuntime("ONNX Runtime", OrtSessions.version()));
  }

  @Override
  public OptionalLong bytesPerToken() {
    return bytesPerToken;
  }

  @Override
  public ImageFeatures encode(PixelValues pixelValues) {
    return guard.whileOpen(() -> features(vision.project(pixelValues)));
  }

  private ImageFeatures features(float[] projected) {
    return new ImageFeatures(
        projected, config.imageFeatureCount(), config.languageModel().hiddenSize());
  }

  @Override
  public DecoderSession openSession(int capacity) {
    return guard.whileOpen(
        () -> {
          if (capacity < 1) {
            throw new IllegalArgumentException("capacity: expected at least 1, found " + capacity);
          }
          requirePositions(capacity);
          return new OnnxDecoderSession(decoder, capacity);
        });
  }

  @Override
  public ForwardTrace trace(List<PixelValues> images, List<InputSegment> segments) {
    return guard.whileOpen(() -> traceOpen(images, segments));
  }

  private ForwardTrace traceOpen(List<PixelValues> images, List<InputSegment> segments) {
    List<Matrix> selected = new ArrayList<>();
    List<Matrix> projected = new ArrayList<>();
    List<ImageFeatures> features = new ArrayList<>();
    for (PixelValues image : images) {
      VisionRunner.Encoded encoded = vision.encode(image);
      int rows = config.imageFeatureCount();
      selected.add(new Matrix(encoded.imageFeatures(), rows, config.visionTower().hiddenSize()));
      ImageFeatures feature = features(encoded.projected());
      projected.add(new Matrix(feature.values(), rows, feature.hiddenSize()));
      features.add(feature);
    }
    PromptRows rows = PromptRows.of(segments, features, decoder.table());
    requirePositions(rows.length());
    int width = decoder.table().hiddenSize();
    float[] embeds = new float[Math.multiplyExact(rows.length(), width)];
    rows.copy(0, rows.length(), FloatBuffer.wrap(embeds), new float[width]);
    return new ForwardTrace(
        selected,
        projected,
        new Matrix(embeds, rows.length(), width),
        new Matrix(allLogits(rows), rows.length(), decoder.runners().shape().vocabSize()));
  }

  private float[] allLogits(PromptRows rows) {
    KvStorage cache = decoder.pool().acquire(rows.length(), rows.length());
    try {
      return new ChunkedPrefill(decoder).allLogits(cache, rows);
    } finally {
      decoder.pool().release(cache);
    }
  }

  private void requirePositions(int positions) {
    int limit = decoder.runners().shape().positions();
    if (positions > limit) {
      throw new ContextLengthExceededException(
          "%d positions asked for, the decoder was made for %d".formatted(positions, limit));
    }
  }

  /** Waits for running calls, then frees the graphs. Sessions still open can only be closed. */
  @Override
  public void close() {
    guard.close(
        () -> {
          try (vision) {
            decoder.pool().close();
            decoder.runners().close();
          }
        });
  }
}
