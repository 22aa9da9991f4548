package io.github.llavamed.onnx;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.Precision;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.onnx.export.ModelBytes;
import io.github.llavamed.onnx.internal.host.CpuFeatures;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Decides in which precision a model runs on this machine, and says why.
 *
 * @param precision the decision
 * @param reason one line
 * @param warnings what the user should know, one line each
 */
record PrecisionChoice(Precision precision, String reason, List<String> warnings) {
  /** Models whose float32 weights are smaller than this stay in float32: they are fast anyway. */
  static final long SMALL_BYTES = 1L << 30;

  /** LLaVA-Med v1.5: matrices of Mistral-7B with its head; vision tower and projector. */
  private static final ModelBytes SEVEN_BILLION = new ModelBytes(7_110_393_856L, 311_000_000L);

  /** Cache of 1024 positions and activations of one chunk of such a model. */
  private static final long SEVEN_BILLION_WORKING_BYTES = 466L << 20;

  /** What a 7B model with mapped weights takes before it runs: graphs and small weights. */
  private static final long MAPPED_BYTES = 128L << 20;

  /** Precisions whose kernels take weights as they lie; those of blocks take packed ones only. */
  private static final List<Precision> MAPPABLE = List.of(Precision.FP32, Precision.INT8);

  private static final List<Precision> AVAILABLE =
      List.of(
          Precision.FP32,
          Precision.INT8,
          Precision.INT8_BLOCKS,
          Precision.INT4,
          Precision.INT8_INT8_BLOCKS,
          Precision.INT8_INT4);

  PrecisionChoice {
    warnings = List.copyOf(warnings);
  }

  /**
   * What a model needs and a machine has.
   *
   * @param model sizes of the weights
   * @param workingBytes key/value cache and activations
   * @param placement where the weights will be
   * @param available bytes of memory that can be had, if known
   * @param cpu the processor
   */
  record Situation(
      ModelBytes model,
      long workingBytes,
      WeightPlacement placement,
      OptionalLong available,
      CpuFeatures cpu) {
    /** Returns the memory without which nothing runs; mapped weights can do without any. */
    long needed(Precision precision) {
      return placement == WeightPlacement.MAPPED
          ? MAPPED_BYTES + workingBytes
          : model.exported(precision) + workingBytes;
    }

    /** Returns whether weights and all else are in memory at once. */
    boolean holds(Precision precision) {
      return available.isEmpty()
          || model.exported(precision) + workingBytes <= available.getAsLong();
    }

    Situation mapped() {
      return new Situation(model, workingBytes, WeightPlacement.MAPPED, available, cpu);
    }

    boolean fits(Precision precision) {
      return available.isEmpty() || needed(precision) <= available.getAsLong();
    }

    boolean isSmall() {
      return model.exported(Precision.FP32) < SMALL_BYTES;
    }
  }

  /**
   * Decides.
   *
   * @param asked the user's wish, or null
   * @throws LlavaMedException if the wish is not available, or there is not enough memory for it or
   *     for any precision
   */
  static PrecisionChoice of(@Nullable Precision asked, Situation situation) {
    if (asked != null) {
      return asked(asked, situation);
    }
    if (situation.isSmall() && situation.fits(Precision.FP32)) {
      return new PrecisionChoice(
          Precision.FP32,
          "fp32, since its weights are only " + size(situation.model().exported(Precision.FP32)),
          List.of());
    }
    Precision fast = situation.cpu().hasVectorIntegers() ? Precision.INT8 : Precision.FP32;
    if (situation.fits(fast)) {
      return new PrecisionChoice(
          fast,
          "%s, the fastest for prompts on this processor; it needs %s"
              .formatted(fast.id(), needs(fast, situation)),
          warnings(fast, situation));
    }
    for (Precision smaller : List.of(Precision.INT8, Precision.INT4)) {
      if (isOffered(smaller, situation) && situation.fits(smaller)) {
        return new PrecisionChoice(
            smaller,
            "%s, since memory is short: %s would need %s, %s needs %s"
                .formatted(
                    smaller.id(),
                    fast.id(),
                    needs(fast, situation),
                    smaller.id(),
                    size(situation.needed(smaller))),
            warnings(smaller, situation));
      }
    }
    Precision smallest = isOffered(Precision.INT4, situation) ? Precision.INT4 : Precision.INT8;
    throw notEnough(
        smallest, situation, "free some, or use a smaller model" + mappedHint(fast, situation));
  }

  private static boolean isOffered(Precision precision, Situation situation) {
    return situation.placement() == WeightPlacement.PACKED || MAPPABLE.contains(precision);
  }

  /** Returns what mapped weights would need if they fit where packed ones do not. */
  private static String mappedHint(Precision precision, Situation situation) {
    Situation mapped = situation.mapped();
    boolean helps =
        situation.placement() == WeightPlacement.PACKED
            && MAPPABLE.contains(precision)
            && mapped.fits(precision);
    return helps
        ? ("; or leave the weights in their files (weights 'mapped'): %s then needs %s, and every"
                + " token reads from the disk what does not stay in memory")
            .formatted(precision.id(), size(mapped.needed(precision)))
        : "";
  }

  /** Returns in one line what {@link #of} would decide for a model of seven billion weights. */
  static String advice(OptionalLong available, CpuFeatures cpu) {
    Situation situation =
        new Situation(
            SEVEN_BILLION, SEVEN_BILLION_WORKING_BYTES, WeightPlacement.PACKED, available, cpu);
    try {
      PrecisionChoice choice = of(null, situation);
      return "for 7B: "
          + Stream.concat(Stream.of(choice.reason()), choice.warnings().stream())
              .collect(Collectors.joining("; "));
    } catch (LlavaMedException e) {
      return "for 7B: none, int4 needs " + needs(Precision.INT4, situation);
    }
  }

  private static PrecisionChoice asked(Precision asked, Situation situation) {
    if (!AVAILABLE.contains(asked)) {
      throw new LlavaMedException(
          "backend '%s': precision '%s' is not available; available: %s"
              .formatted(
                  OnnxCpuProvider.ID,
                  asked.id(),
                  AVAILABLE.stream().map(Precision::id).collect(Collectors.joining(", "))));
    }
    if (!isOffered(asked, situation)) {
      throw new LlavaMedException(
          ("backend '%s': weights '%s' are not available in %s, whose kernels take packed weights"
                  + " only; available in: %s")
              .formatted(
                  OnnxCpuProvider.ID,
                  situation.placement().id(),
                  asked.id(),
                  MAPPABLE.stream().map(Precision::id).collect(Collectors.joining(", "))));
    }
    CpuFeatures cpu = situation.cpu();
    if (asked.newTokens() == Precision.INT8_BLOCKS
        && (cpu.mayAddBytesIn16Bits() || !cpu.hasVectorIntegers())) {
      throw new LlavaMedException(
          ("backend '%s': precision '%s' needs a processor with byte dot products (VNNI), which this"
                  + " one lacks: elsewhere its kernels may add bytes in 16 bits; take int8 or int4")
              .formatted(OnnxCpuProvider.ID, asked.id()));
    }
    if (!situation.fits(asked)) {
      String advice =
          AVAILABLE.stream()
                  .filter(p -> isOffered(p, situation) && situation.fits(p))
                  .findFirst()
                  .map(p -> "%s needs %s".formatted(p.id(), size(situation.needed(p))))
                  .orElse("free some, or use a smaller model")
              + mappedHint(asked, situation);
      throw notEnough(asked, situation, advice);
    }
    return new PrecisionChoice(asked, asked.id() + " as asked", warnings(asked, situation));
  }

  private static LlavaMedException notEnough(
      Precision precision, Situation situation, String advice) {
    return new LlavaMedException(
        "backend '%s': not enough memory: %s needs %s; %s"
            .formatted(OnnxCpuProvider.ID, precision.id(), needs(precision, situation), advice));
  }

  private static List<String> warnings(Precision precision, Situation situation) {
    List<String> warnings = new ArrayList<>();
    CpuFeatures cpu = situation.cpu();
    if (situation.placement() == WeightPlacement.MAPPED && !situation.holds(precision)) {
      warnings.add(
          "mapped weights of %s do not fit into the memory that is left: every token reads a part"
                  .formatted(size(situation.model().exported(precision)))
              + " of them from the disk again");
    }
    boolean int8Faster = cpu.hasVectorIntegers() && situation.fits(Precision.INT8);
    if (precision == Precision.FP32 && !situation.isSmall() && int8Faster) {
      warnings.add("fp32 is slow on this processor: int8 runs prompts several times faster");
    } else if (precision == Precision.INT4 && !situation.isSmall() && int8Faster) {
      warnings.add(
          "int4 needs about twice as long for prompts as int8 on this processor, and int8 fits into"
              + " memory and is more exact");
    } else if (precision == Precision.INT8_BLOCKS && !situation.isSmall() && int8Faster) {
      warnings.add(
          "int8-blocks needs half as long again for prompts as int8 on this processor; for long"
              + " answers int8+int8-blocks has the faster of each, for twice the memory");
    } else if (precision.prompts() == Precision.INT8 && !cpu.hasVectorIntegers()) {
      warnings.add("int8 is slow on this processor, which has no AVX2: fp32 is faster");
    } else if (precision.prompts() == Precision.INT8 && cpu.mayAddBytesIn16Bits()) {
      warnings.add(
          "this processor has no byte dot product (VNNI), so int8 weights use 7 bits and run at"
              + " about the speed of fp32");
    }
    return warnings;
  }

  private static String needs(Precision precision, Situation situation) {
    String needed = size(situation.needed(precision));
    OptionalLong available = situation.available();
    return available.isEmpty()
        ? needed
        : "%s of %s available".formatted(needed, size(available.getAsLong()));
  }

  private static String size(long bytes) {
    return bytes < 10L << 30
        ? "%d MiB".formatted(Math.max(1, bytes >> 20))
        : String.format(Locale.ROOT, "%.1f GiB", bytes / (double) (1L << 30));
  }
}
