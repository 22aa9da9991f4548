package io.github.llavamed.eval.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Figures that were published for LLaVA-Med and others, in percent. Thread-safe.
 *
 * <p>Source: the original's {@code docs/llava_med_performance.md} and the figures it shows.
 */
public final class PublishedResults {
  private static final String LLAVA = "LLaVA";

  private PublishedResults() {}

  /** The benchmarks of the published table. */
  public enum Benchmark {
    /** VQA-RAD, 451 test questions. */
    VQA_RAD("VQA-RAD"),
    /** SLAKE, 1061 English test questions. */
    SLAKE("SLAKE"),
    /** PathVQA, 6761 test questions. */
    PATH_VQA("PathVQA");

    private static final Map<String, Benchmark> NAMES =
        Map.of(
            "datarad", VQA_RAD,
            "vqarad", VQA_RAD,
            "slake", SLAKE,
            "slake10", SLAKE,
            "pvqa", PATH_VQA,
            "pathvqa", PATH_VQA);

    private final String title;

    Benchmark(String title) {
      this.title = title;
    }

    /** Returns the name for readers. */
    public String title() {
      return title;
    }

    /** Returns the benchmark that a data set's name means: {@code data_RAD}, {@code Slake1.0} … */
    public static Optional<Benchmark> of(String dataset) {
      String letters = dataset.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
      return Optional.ofNullable(NAMES.get(letters));
    }
  }

  /**
   * One method on one benchmark. Immutable.
   *
   * @param method name
   * @param reference open questions as classification, as other papers count; or null
   * @param open recall of free answers to open questions, or null
   * @param closed accuracy of closed questions, or null
   */
  public record VqaRow(
      String method, @Nullable Double reference, @Nullable Double open, @Nullable Double closed) {}

  /**
   * One model on the chat benchmark: scores relative to GPT-4's.
   *
   * @param scores in the order of {@link #chatColumns()}
   */
  public record ChatRow(String model, List<Double> scores) {
    /** Copies the list. */
    public ChatRow {
      scores = List.copyOf(scores);
    }
  }

  /** Returns the methods with a figure on a benchmark, fine-tuned models of the project first. */
  public static List<VqaRow> vqa(Benchmark benchmark) {
    return switch (benchmark) {
      case VQA_RAD ->
          List.of(
              own(LLAVA, 50.00, 65.07),
              own("LLaVA-Med (from LLaVA)", 61.52, 84.19),
              own("LLaVA-Med (from Vicuna)", 64.39, 81.98),
              own("LLaVA-Med (BiomedCLIP)", 64.75, 83.09),
              other("VL Encoder–Decoder", 71.49, 82.47),
              other("Q2ATransformer", 79.19, 81.20),
              other("PubMedCLIP", 60.10, 80.00),
              other("BiomedCLIP", 67.60, 79.80),
              other("M2I2", 66.50, 83.50));
      case SLAKE ->
          List.of(
              own(LLAVA, 78.18, 63.22),
              own("LLaVA-Med (from LLaVA)", 83.08, 85.34),
              own("LLaVA-Med (from Vicuna)", 84.71, 83.17),
              own("LLaVA-Med (BiomedCLIP)", 87.11, 86.78),
              other("Prefix T. Medical LM", 84.30, 82.01),
              other("PubMedCLIP", 78.40, 82.50),
              other("BiomedCLIP", 82.05, 89.70),
              other("M2I2", 74.70, 91.10));
      case PATH_VQA ->
          List.of(
              own(LLAVA, 7.74, 63.20),
              own("LLaVA-Med (from LLaVA)", 37.95, 91.21),
              own("LLaVA-Med (from Vicuna)", 38.87, 91.65),
              own("LLaVA-Med (BiomedCLIP)", 39.60, 91.09),
              other("VL Encoder–Decoder", 71.49, 85.61),
              other("Q2ATransformer", 54.85, 88.85),
              other("Prefix T. Medical LM", 40.00, 87.00),
              other("M2I2", 36.30, 88.00));
    };
  }

  private static VqaRow own(String method, double open, double closed) {
    return new VqaRow(method, null, open, closed);
  }

  private static VqaRow other(String method, double reference, double closed) {
    return new VqaRow(method, reference, null, closed);
  }

  /** Returns the groups of the chat benchmark, as the summary names them. */
  public static List<String> chatColumns() {
    return List.of(
        "conversation",
        "detailed_description",
        "chest_xray",
        "mri",
        "histology",
        "gross",
        "ct_scan",
        "overall");
  }

  /** Returns the models of the chat benchmark (v1.0). */
  public static List<ChatRow> chat() {
    return List.of(
        new ChatRow(LLAVA, List.of(39.4, 26.2, 41.6, 33.4, 38.4, 32.9, 33.4, 36.1)),
        new ChatRow("LLaVA-Med, stage 1", List.of(22.6, 25.2, 25.8, 19.0, 24.8, 24.7, 22.2, 23.3)),
        new ChatRow("LLaVA-Med, 10K", List.of(42.4, 32.5, 46.1, 36.7, 43.5, 34.7, 37.5, 39.9)),
        new ChatRow("LLaVA-Med, 60K", List.of(53.7, 36.9, 57.3, 39.8, 49.8, 47.4, 52.4, 49.4)),
        new ChatRow("LLaVA-Med, 60K-IM", List.of(55.1, 36.4, 56.2, 40.4, 52.7, 51.8, 50.1, 50.2)));
  }
}
