package io.github.llavamed.cli.bench;

import io.github.llavamed.LoadOptions;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.inference.BackendRegistry;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.InferenceBackendProvider;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.TokenSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Loads a model and measures it on its backend; confined to one thread. */
public final class BenchRun {
  private final LoadOptions options;
  private final BenchSettings settings;
  private final Consumer<String> progress;
  private final PhaseClock encode = new PhaseClock();
  private final PhaseClock prefill = new PhaseClock();
  private final PhaseClock decode = new PhaseClock();
  private final StepRun steps = new StepRun();
  private final PhaseClock firstToken = new PhaseClock();

  /**
   * Creates a run.
   *
   * @param progress hears what is being done, a line each
   */
  public BenchRun(LoadOptions options, BenchSettings settings, Consumer<String> progress) {
    this.options = options;
    this.settings = settings;
    this.progress = progress;
  }

  /**
   * Measures a model.
   *
   * @param trueLayers layers to extrapolate to if the checkpoint has fewer, or null
   * @throws IOException if a file cannot be read
   * @throws io.github.llavamed.error.LlavaMedException if the model cannot be loaded or run
   * @throws IllegalArgumentException if prompt and new tokens do not fit the model's context
   */
  public BenchResult run(Path directory, @Nullable Integer trueLayers) throws IOException {
    InferenceBackendProvider provider = BackendRegistry.load().choose(options.backend());
    progress.accept("first load, which makes the backend's files if they are not there");
    double prepare;
    try (Opened opened = open(provider, directory)) {
      requireContext(opened.model.config());
      prepare = opened.millis;
    }
    System.gc(); // What making files left behind is no part of the memory that running needs.
    OptionalDouble load = ProcessorUse.loadAverage();
    boolean reset = ProcessMemory.resetPeak();
    progress.accept("second load");
    Measured measured;
    try (Opened opened = open(provider, directory)) {
      measured = measure(opened, prepare, load, reset);
    }
    ReuseTimes reuse = new ReuseRun(options, settings, progress).run(directory);
    progress.accept("limits of the machine");
    return result(measured, reuse, MachineLimits.measure(threads()), trueLayers);
  }

  private Measured measure(Opened opened, double prepare, OptionalDouble load, boolean reset) {
    LlavaConfig config = opened.model.config();
    BenchPrompt prompt = BenchPrompt.of(config, settings.promptTokens());
    Double others = measure(opened.backend, prompt);
    ProcessMemory.Peak memory = ProcessMemory.peak(reset);
    progress.accept("the loop around a token");
    LoopCost loop =
        new LoopRun(opened.backend, opened.model.tokenizer(), config).measure(settings.repeats());
    WeightCount weights = WeightCount.of(opened.model.artifacts().weights());
    progress.accept("new tokens and reading memory in turns");
    MemoryTurns turns = turns(opened.backend, prompt, weights);
    BenchTimes times =
        new BenchTimes(
            prepare,
            opened.millis,
            encode.time(),
            prefill.time(),
            decode.time(),
            steps.times(),
            firstToken.time().wall());
    return new Measured(
        config,
        opened.backend.id(),
        opened.backend.precision(),
        opened.backend.weightPlacement().orElse(null),
        prompt.imageTokens(),
        weights,
        times,
        memory,
        turns,
        loop,
        new Surroundings(load, others));
  }

  private int threads() {
    Integer asked = options.backendOptions().threads();
    return asked == null ? Runtime.getRuntime().availableProcessors() : asked;
  }

  private BenchResult result(
      Measured measured,
      @Nullable ReuseTimes reuse,
      MachineLimits limits,
      @Nullable Integer trueLayers) {
    int layers = measured.config.languageModel().numHiddenLayers();
    WeightCount weights = measured.weights;
    int full = trueLayers == null ? layers : trueLayers;
    return new BenchResult(
        measured.config.family(),
        layers,
        measured.backend,
        measured.precision,
        measured.placement,
        limits.threads(),
        measured.imageTokens,
        measured.times,
        weights.promptOperations(settings.promptTokens()),
        measured.memory,
        measured.turns,
        limits,
        measured.surroundings.loadAverage(),
        measured.surroundings.otherShare(),
        measured.loop,
        reuse,
        layers < full
            ? Extrapolation.of(layers, full, measured.times, reuse, weights.headPart())
            : null);
  }

  /** Runs all repeats and returns how busy others were. */
  private @Nullable Double measure(InferenceBackend backend, BenchPrompt prompt) {
    progress.accept("warm-up");
    repeat(backend, prompt);
    List.of(encode, prefill, decode, firstToken).forEach(PhaseClock::clear);
    steps.clear();
    ProcessorUse use = new ProcessorUse();
    for (int i = 1; i <= settings.repeats(); i++) {
      repeat(backend, prompt);
      progress.accept(
          "repeat %d of %d: prompt %.0f ms, %.1f ms a token"
              .formatted(i, settings.repeats(), prefill.last(), decode.last()));
    }
    return use.others();
  }

  private void repeat(InferenceBackend backend, BenchPrompt prompt) {
    boolean hasImage = prompt.imageTokens() > 0;
    if (hasImage) {
      firstToken.start();
    }
    encode.start();
    ImageFeatures features = backend.encode(prompt.pixels());
    encode.stop(1);
    if (!hasImage) {
      firstToken.start();
    }
    int capacity = settings.promptTokens() + settings.newTokens();
    try (DecoderSession session = backend.openSession(capacity)) {
      prefill.start();
      int id = best(session.append(prompt.segments(), hasImage ? List.of(features) : List.of()));
      prefill.stop(1);
      firstToken.stop(1);
      decode.start();
      for (int i = 0; i < settings.newTokens(); i++) {
        id = best(session.append(List.of(TokenSegment.of(id)), List.of()));
      }
      decode.stop(settings.newTokens());
      session.truncate(settings.promptTokens());
      steps.repeat(session, settings.newTokens());
    }
  }

  private MemoryTurns turns(InferenceBackend backend, BenchPrompt prompt, WeightCount weights) {
    List<ImageFeatures> images =
        prompt.imageTokens() > 0 ? List.of(backend.encode(prompt.pixels())) : List.of();
    long bytes = backend.bytesPerToken().orElse(weights.bytes(backend.precision()));
    int capacity = settings.promptTokens() + settings.newTokens();
    try (DecoderSession session = backend.openSession(capacity)) {
      session.append(prompt.segments(), images);
      return MemoryTurns.measure(session, bytes, threads());
    }
  }

  private static int best(float[] logits) {
    int best = 0;
    for (int i = 1; i < logits.length; i++) {
      if (logits[i] > logits[best]) {
        best = i;
      }
    }
    return best;
  }

  private void requireContext(LlavaConfig config) {
    long needed = (long) settings.promptTokens() + settings.newTokens();
    if (needed > config.contextLength()) {
      throw new IllegalArgumentException(
          ("--prompt-tokens and --new-tokens: expected at most %d together, the model's context,"
                  + " found %d")
              .formatted(config.contextLength(), needed));
    }
  }

  private Opened open(InferenceBackendProvider provider, Path directory) throws IOException {
    long start = System.nanoTime();
    LoadedModel model =
        ModelLoader.load(
            directory,
            new io.github.llavamed.model.LoadOptions(
                options.visionTower(), options.configOptions(), options.checkpointLimits()));
    try {
      InferenceBackend backend = provider.create(model.artifacts(), options.backendOptions());
      return new Opened(model, backend, (System.nanoTime() - start) / 1e6);
    } catch (RuntimeException e) {
      model.close();
      throw e;
    }
  }

  /** What was found out while the model was open on its backend. */
  private record Measured(
      LlavaConfig config,
      String backend,
      Precision precision,
      @Nullable WeightPlacement placement,
      int imageTokens,
      WeightCount weights,
      BenchTimes times,
      ProcessMemory.Peak memory,
      MemoryTurns turns,
      LoopCost loop,
      Surroundings surroundings) {}

  /** What else went on. */
  private record Surroundings(OptionalDouble loadAverage, @Nullable Double otherShare) {}

  /** A model on its backend, and how long it took to open it. */
  private record Opened(LoadedModel model, InferenceBackend backend, double millis)
      implements AutoCloseable {
    @Override
    public void close() {
      try (model) {
        backend.close();
      }
    }
  }
}
