package io.github.llavamed.cli.bench;

import io.github.llavamed.inference.ForwardTrace;
import io.github.llavamed.inference.InferenceBackend;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.model.LoadOptions;
import io.github.llavamed.model.LoadedModel;
import io.github.llavamed.model.ModelLoader;
import io.github.llavamed.onnx.OnnxBackendOptions;
import io.github.llavamed.onnx.OnnxCpuProvider;
import io.github.llavamed.onnx.export.OnnxExport;
import io.github.llavamed.onnx.export.OnnxExportConfig;
import io.github.llavamed.onnx.export.OnnxExporter;
import io.github.llavamed.onnx.quantization.QuantizationConfig;
import io.github.llavamed.onnx.quantization.TowerRounding;
import io.github.llavamed.prompt.TokenSegment;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/**
 * Compares ways of rounding with float32 on texts that a real decoder reads; confined to one
 * thread.
 */
public final class AccuracyRun {
  private static final List<String> TEXTS =
      List.of(
          "The chest radiograph shows a small left pleural effusion with mild blunting of the"
              + " costophrenic angle. There is no evidence of pneumothorax, and the cardiac"
              + " silhouette is at the upper limit of normal.",
          "Magnetic resonance imaging of the brain was performed before and after the"
              + " administration of contrast. A ring enhancing lesion was found in the right"
              + " temporal lobe, surrounded by vasogenic edema.",
          "In the histologic section, sheets of atypical epithelial cells with large, irregular"
              + " nuclei and prominent nucleoli invade the surrounding stroma, which contains many"
              + " lymphocytes.",
          "The patient is a 64 year old man with a long history of smoking who presented with"
              + " shortness of breath, fever and a productive cough for three days. On examination"
              + " his temperature was 38.9 degrees.",
          "Once upon a time there was a little robot who lived in a small house at the edge of the"
              + " forest. Every morning it went out to collect water from the river, and every"
              + " evening it told stories to the trees.",
          "def mean(values):\n    total = 0\n    for value in values:\n        total += value\n"
              + "    return total / len(values)\n\nprint(mean([1, 2, 3, 4]))");

  private final Path workDirectory;
  private final int threads;
  private final Consumer<String> progress;

  /** One way of rounding. */
  private record Scheme(String name, Precision precision, QuantizationConfig quantization) {}

  /**
   * What was found out.
   *
   * @param positions predicted tokens of all texts together
   * @param perplexity of the texts in float32
   * @param schemes one per way of rounding
   */
  public record Result(int positions, double perplexity, List<Accuracy> schemes) {
    /** Copies the list. */
    public Result {
      schemes = List.copyOf(schemes);
    }
  }

  /**
   * Creates a run.
   *
   * @param workDirectory where the checkpoint and its exports are made
   * @param progress hears what is being done, a line each
   */
  public AccuracyRun(Path workDirectory, int threads, Consumer<String> progress) {
    this.workDirectory = workDirectory;
    this.threads = threads;
    this.progress = progress;
  }

  /**
   * Measures every way of rounding on the decoder of a GGUF file.
   *
   * @throws IOException if a file cannot be read or written
   * @throws io.github.llavamed.error.LlavaMedException if the file is damaged or of another kind
   */
  public Result run(Path gguf) throws IOException {
    Path checkpoint = workDirectory.resolve("checkpoint");
    progress.accept("writing the checkpoint to " + checkpoint);
    GgufCheckpoint.write(GgufFile.open(gguf), checkpoint);
    try (LoadedModel model = ModelLoader.load(checkpoint, LoadOptions.defaults())) {
      List<int[]> texts = TEXTS.stream().map(text -> model.tokenizer().encode(text)).toList();
      OnnxExportConfig exact = OnnxExportConfig.defaults();
      List<float[]> reference = logits(model, exact, texts);
      List<Accuracy> schemes = new ArrayList<>();
      for (Scheme scheme : schemes(exact.quantization())) {
        progress.accept(scheme.name);
        OnnxExportConfig config =
            new OnnxExportConfig(scheme.precision, false, scheme.quantization);
        schemes.add(compare(reference, logits(model, config, texts), texts).of(scheme.name));
      }
      int positions = texts.stream().mapToInt(ids -> ids.length - 1).sum();
      return new Result(positions, perplexity(reference, texts), schemes);
    }
  }

  private static List<Scheme> schemes(QuantizationConfig defaults) {
    List<Scheme> schemes = new ArrayList<>();
    for (int[] split : new int[][] {{0, 0}, {16, 64}, {32, 128}, {64, 256}}) {
      schemes.add(
          new Scheme(
              "int8, " + split(split),
              Precision.INT8,
              with(defaults, split, defaults.blockSize())));
    }
    for (int block : new int[] {64, 128, 256}) {
      for (int[] split : new int[][] {{0, 0}, {32, 128}}) {
        schemes.add(
            new Scheme(
                "int8 in blocks of %d, %s".formatted(block, split(split)),
                Precision.INT8_BLOCKS,
                with(defaults, split, block)));
      }
    }
    for (int block : new int[] {32, 64, 128, 256}) {
      for (int[] split : new int[][] {{0, 0}, {32, 128}}) {
        schemes.add(
            new Scheme(
                "int4 in blocks of %d, %s".formatted(block, split(split)),
                Precision.INT4,
                with(defaults, split, block)));
      }
    }
    return schemes;
  }

  private static String split(int[] channels) {
    return channels[0] == 0
        ? "no channels in float"
        : "%d/%d channels in float".formatted(channels[0], channels[1]);
  }

  private static QuantizationConfig with(QuantizationConfig base, int[] channels, int block) {
    return new QuantizationConfig(
        channels[0], channels[1], block, base.weightRange(), TowerRounding.NEVER);
  }

  /** Returns the logits of all positions of each text. // [s, v] each */
  private List<float[]> logits(LoadedModel model, OnnxExportConfig config, List<int[]> texts)
      throws IOException {
    OnnxExport export =
        new OnnxExporter(config).export(model.artifacts(), workDirectory.resolve("exports"));
    List<float[]> logits = new ArrayList<>();
    try (InferenceBackend backend =
        new OnnxCpuProvider()
            .open(model.artifacts(), export, threads, OnnxBackendOptions.defaults())) {
      for (int[] ids : texts) {
        ForwardTrace trace = backend.trace(List.of(), List.of(TokenSegment.of(ids)));
        logits.add(trace.logits().values());
      }
    }
    return logits;
  }

  private static Accuracy.Sum compare(
      List<float[]> exact, List<float[]> rounded, List<int[]> texts) {
    Accuracy.Sum sum = new Accuracy.Sum();
    for (int text = 0; text < texts.size(); text++) {
      int[] ids = texts.get(text);
      int vocabSize = exact.get(text).length / ids.length;
      for (int i = 0; i + 1 < ids.length; i++) {
        sum.add(exact.get(text), rounded.get(text), i * vocabSize, vocabSize, ids[i + 1]);
      }
    }
    return sum;
  }

  /** Compared with logits that are all equal, a text's perplexity is known from the ratio. */
  private static double perplexity(List<float[]> exact, List<int[]> texts) {
    List<float[]> even = exact.stream().map(logits -> new float[logits.length]).toList();
    int vocabSize = exact.get(0).length / texts.get(0).length;
    return vocabSize / compare(exact, even, texts).of("").perplexityRatio();
  }
}
