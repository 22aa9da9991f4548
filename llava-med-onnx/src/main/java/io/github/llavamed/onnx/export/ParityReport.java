package io.github.llavamed.onnx.export;

import io.github.llavamed.inference.Precision;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How far an export is from the same model in float32, on fixed inputs that were not used to choose
 * anything.
 *
 * @param precision number format of the export
 * @param prompts what the inputs were
 * @param positions positions of all prompts together
 * @param modules the vision tower's and the decoder's layers in the order of computation; each
 *     layer is fed by the export's own layer before it, so errors add up
 * @param nextTokenAgreement part of the positions whose likeliest next token is the same, 0 … 1
 * @param meanKl mean over all positions of KL(float32 ‖ export) of the next token, in nats
 * @param firstTokenKl the same over the last positions of the prompts alone, where an answer begins
 */
public record ParityReport(
    Precision precision,
    String prompts,
    int positions,
    List<Module> modules,
    double nextTokenAgreement,
    double meanKl,
    double firstTokenKl) {
  /**
   * One module's output.
   *
   * @param name its name
   * @param cosine cosine between export and float32 over all values
   * @param worstRowCosine the smallest cosine of a single row
   * @param maxError largest absolute difference
   * @param largestValue largest absolute value in float32
   */
  public record Module(
      String name, double cosine, double worstRowCosine, double maxError, double largestValue) {
    /** Returns whether it belongs to the vision tower or the projector. */
    boolean isVision() {
      return name.startsWith("vision.");
    }
  }

  /** Copies the list. */
  public ParityReport {
    modules = List.copyOf(modules);
  }

  /** Returns whether the vision tower is held in int8. */
  public boolean hasRoundedTower() {
    return modules.stream().anyMatch(Module::isVision);
  }

  /** What a precision must keep. */
  private record Bounds(double cosine, double agreement, double meanKl) {
    static Bounds of(Precision precision) {
      return switch (precision) {
        case FP32 -> new Bounds(0.999999, 0.99, 1e-5);
        case FP16, BF16 -> new Bounds(0.999, 0.97, 0.01);
        case INT8, INT8_BLOCKS, INT8_INT8_BLOCKS -> new Bounds(0.98, 0.9, 0.05);
        case INT4, INT8_INT4 -> new Bounds(0.9, 0.55, 0.5);
      };
    }
  }

  /**
   * Returns what misses its bound, one sentence each; nothing if all is well. Bounds are those of
   * real weights: int8 keeps a cosine of 0.98, 90 % of the next tokens and a mean KL of 0.05; int4
   * 0.9, 55 % and 0.5; fp32 all but rounding.
   */
  public List<String> exceeded() {
    Bounds bounds = Bounds.of(precision);
    List<String> exceeded = new ArrayList<>();
    modules.stream()
        .filter(module -> !(module.cosine() >= cosineBound(module, bounds)))
        .findFirst()
        .ifPresent(
            module ->
                exceeded.add(
                    text(
                        "%s has a cosine of %.5f, below %.5f",
                        module.name(), module.cosine(), cosineBound(module, bounds))));
    if (!(nextTokenAgreement >= bounds.agreement())) {
      exceeded.add(
          text("next tokens agree in %.3f, below %.3f", nextTokenAgreement, bounds.agreement()));
    }
    if (!(meanKl <= bounds.meanKl())) {
      exceeded.add(text("the mean KL is %.4f, above %.4f", meanKl, bounds.meanKl()));
    }
    return exceeded;
  }

  /** A tower is held in int8 whatever the decoder is held in. */
  private static double cosineBound(Module module, Bounds bounds) {
    return module.isVision() ? Bounds.of(Precision.INT8).cosine() : bounds.cosine();
  }

  /** Returns the figures in one line. */
  public String summary() {
    return text(
        "next-token agreement %.3f, mean KL %.5f, first-token KL %.5f over %d positions",
        nextTokenAgreement, meanKl, firstTokenKl, positions);
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
