package io.github.llavamed.training;

import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.inference.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Everything that decides a training run; names are those of the original's flags. Immutable.
 *
 * <pre>{@code
 * TrainingConfig config =
 *     TrainingConfig.stage1()
 *         .modelNameOrPath(start)
 *         .visionTower(clip)
 *         .dataPath(json)
 *         .imageFolder(images)
 *         .outputDir(out)
 *         .build();
 * }</pre>
 *
 * <p>Defaults are those of the original and its library, transformers 4.28; the presets have the
 * published numbers ({@code scripts/chunyl/run_training_llava_med.sh} and the README at v1.0.0).
 *
 * @param modelNameOrPath the directory of the checkpoint to start from; required
 * @param dataPath the JSON file of samples; required
 * @param outputDir where checkpoints and the result go; required
 * @param imageFolder the directory that image paths of samples start at, or null for text alone
 * @param visionTower the directory of the vision tower; null means the checkpoint's own for a v1.5
 *     or Hugging Face start, and a decoder alone otherwise
 * @param version how turns become text and labels; {@link TextVersion#V0} stands for {@link
 *     TextVersion#MISTRAL_INSTRUCT} where the start is a v1.5 or Hugging Face checkpoint
 * @param bosToken the token put in front of each sample, or null for the tokenizer's own
 * @param mmVisionSelectLayer the hidden state of the tower; published -2. This, markers and aspect
 *     ratio are the start's own where that is a v1.5 or Hugging Face checkpoint
 * @param mmUseImStartEnd whether images stand between marker tokens
 * @param imageAspectRatio what happens to images that are not square
 * @param pretrainMmMlpAdapter an adapter file whose projector and marker rows are loaded, or null
 * @param tuneMmMlpAdapter whether only the projector (and marker rows) are trained
 * @param freezeMmMlpAdapter whether the projector is frozen
 * @param freezeBackbone whether the decoder is frozen, its head not
 * @param modelMaxLength ids at which a sample is cut, ≥ 1; published 2048
 * @param learningRate the peak, > 0
 * @param weightDecay ≥ 0; biases never decay
 * @param adamBeta1 0 to 1
 * @param adamBeta2 0 to 1
 * @param adamEpsilon > 0
 * @param maxGradNorm norm to which gradients are clipped; 0 for no clipping
 * @param numTrainEpochs > 0; may be a fraction
 * @param maxSteps optimiser steps, or -1 for what the epochs give
 * @param lrSchedulerType how the learning rate goes after the warm-up
 * @param warmupRatio share of the steps that warm up, 0 to 1, rounded up
 * @param warmupSteps steps that warm up; above 0 it wins over the ratio
 * @param perDeviceTrainBatchSize samples of a micro-batch, ≥ 1
 * @param gradientAccumulationSteps micro-batches of a step, ≥ 1
 * @param gradientCheckpointing whether layers are computed again in the backward pass, to save
 *     memory
 * @param dataloaderDropLast whether an incomplete last micro-batch of an epoch is left out
 * @param precision {@link Precision#FP32}, or {@link Precision#BF16}: float32 weights, bfloat16
 *     products
 * @param device {@code cpu}, or {@code cuda:0} …
 * @param threads worker threads, or 0 for the trainer's choice
 * @param saveStrategy when checkpoints are written
 * @param saveSteps steps between checkpoints, ≥ 1
 * @param saveTotalLimit checkpoints that are kept, ≥ 1, or null for all
 * @param adapterOnly whether runs of {@code tuneMmMlpAdapter} and LoRA write only what they train
 * @param loggingSteps steps between lines of the metrics file, ≥ 1
 * @param seed of the order of samples and of new weights
 * @param maskAlignment how labels of prompts are found
 * @param badSamples what happens to samples that cannot be used
 * @param orderFile a JSON file {@code {"micro_batches": [[0, 7], [3, 1]]}} of sample numbers that
 *     replaces the shuffle, or null
 * @param initialTensors a weight file whose tensors replace those of the start, after new ones are
 *     drawn, or null
 * @param loraRank rank of low-rank additions, or 0 to train the weights themselves
 * @param loraAlpha {@code loraAlpha / loraRank} scales the additions
 * @param loraTargetModules last names of the layers that get additions
 * @param loraDropout share of a low-rank addition's inputs that each micro-batch zeroes, 0 to 1
 * @param adapterFormat container of the projector's files
 * @param data how samples reach the model
 * @param reports what is written beside the result
 * @param ranks this process among those that train together
 * @param sharding what each of those processes keeps in memory
 * @param quirks defects of the original that are reproduced
 */
public record TrainingConfig(
    Path modelNameOrPath,
    Path dataPath,
    Path outputDir,
    @Nullable Path imageFolder,
    @Nullable Path visionTower,
    TextVersion version,
    @Nullable String bosToken,
    int mmVisionSelectLayer,
    boolean mmUseImStartEnd,
    ImageAspect imageAspectRatio,
    @Nullable Path pretrainMmMlpAdapter,
    boolean tuneMmMlpAdapter,
    boolean freezeMmMlpAdapter,
    boolean freezeBackbone,
    int modelMaxLength,
    double learningRate,
    double weightDecay,
    double adamBeta1,
    double adamBeta2,
    double adamEpsilon,
    double maxGradNorm,
    double numTrainEpochs,
    long maxSteps,
    LrSchedulerType lrSchedulerType,
    double warmupRatio,
    int warmupSteps,
    int perDeviceTrainBatchSize,
    int gradientAccumulationSteps,
    boolean gradientCheckpointing,
    boolean dataloaderDropLast,
    Precision precision,
    String device,
    int threads,
    SaveStrategy saveStrategy,
    int saveSteps,
    @Nullable Integer saveTotalLimit,
    boolean adapterOnly,
    int loggingSteps,
    long seed,
    MaskAlignment maskAlignment,
    BadSamplePolicy badSamples,
    @Nullable Path orderFile,
    @Nullable Path initialTensors,
    int loraRank,
    double loraAlpha,
    List<String> loraTargetModules,
    double loraDropout,
    AdapterFormat adapterFormat,
    DataOptions data,
    ReportOptions reports,
    RankContext ranks,
    Sharding sharding,
    TrainingQuirks quirks) {
  /** Checks the ranges and copies the list. */
  public TrainingConfig {
    loraTargetModules = List.copyOf(loraTargetModules);
    check("modelMaxLength", "1 or more", modelMaxLength, modelMaxLength >= 1);
    check("learningRate", "above 0", learningRate, learningRate > 0);
    check("weightDecay", "0 or more", weightDecay, weightDecay >= 0);
    check("adamBeta1", "0 to 1", adamBeta1, adamBeta1 >= 0 && adamBeta1 < 1);
    check("adamBeta2", "0 to 1", adamBeta2, adamBeta2 >= 0 && adamBeta2 < 1);
    check("adamEpsilon", "above 0", adamEpsilon, adamEpsilon > 0);
    check("maxGradNorm", "0 or more", maxGradNorm, maxGradNorm >= 0);
    check("numTrainEpochs", "above 0", numTrainEpochs, numTrainEpochs > 0);
    check("maxSteps", "-1 or 1 and more", maxSteps, maxSteps == -1 || maxSteps >= 1);
    check("warmupRatio", "0 to 1", warmupRatio, warmupRatio >= 0 && warmupRatio <= 1);
    check("warmupSteps", "0 or more", warmupSteps, warmupSteps >= 0);
    check(
        "perDeviceTrainBatchSize",
        "1 or more",
        perDeviceTrainBatchSize,
        perDeviceTrainBatchSize > 0);
    check(
        "gradientAccumulationSteps",
        "1 or more",
        gradientAccumulationSteps,
        gradientAccumulationSteps > 0);
    check(
        "precision",
        "FP32 or BF16",
        precision,
        precision == Precision.FP32 || precision == Precision.BF16);
    check("threads", "0 or more", threads, threads >= 0);
    check("saveSteps", "1 or more", saveSteps, saveSteps >= 1);
    check(
        "saveTotalLimit",
        "1 or more, or none",
        saveTotalLimit == null ? "none" : saveTotalLimit,
        saveTotalLimit == null || saveTotalLimit >= 1);
    check("loggingSteps", "1 or more", loggingSteps, loggingSteps >= 1);
    check("loraRank", "0 or more", loraRank, loraRank >= 0);
    check("loraAlpha", "above 0", loraAlpha, loraAlpha > 0);
    check("loraDropout", "0 to below 1", loraDropout, loraDropout >= 0 && loraDropout < 1);
  }

  private static void check(String name, String expected, Object found, boolean good) {
    if (!good) {
      throw new IllegalArgumentException(
          "%s: expected %s, found %s".formatted(name, expected, found));
    }
  }

  /** Returns a builder with the original's defaults. */
  public static Builder builder() {
    return new Builder();
  }

  /** Returns the published numbers of stage 1, concept alignment: projector and markers. */
  public static Builder stage1() {
    return published()
        .tuneMmMlpAdapter(true)
        .perDeviceTrainBatchSize(2)
        .learningRate(2e-3)
        .numTrainEpochs(1)
        .saveSteps(2400)
        .saveTotalLimit(1);
  }

  /** Returns the published numbers of stage 2, instruction tuning: all but the tower. */
  public static Builder stage2() {
    return published()
        .perDeviceTrainBatchSize(1)
        .learningRate(2e-5)
        .numTrainEpochs(3)
        .saveSteps(5000)
        .saveTotalLimit(3);
  }

  /** Returns the published numbers of fine-tuning on a question data set; 3, 9 or 15 epochs. */
  public static Builder vqaFinetune(int epochs) {
    return stage2().numTrainEpochs(epochs);
  }

  /** What the published runs share; they ran on 8 devices. */
  private static Builder published() {
    return builder()
        .version(TextVersion.V0)
        .mmVisionSelectLayer(-2)
        .mmUseImStartEnd(true)
        .modelMaxLength(2048)
        .weightDecay(0)
        .warmupRatio(0.03)
        .lrSchedulerType(LrSchedulerType.COSINE)
        .gradientAccumulationSteps(8)
        .gradientCheckpointing(true)
        .precision(Precision.BF16)
        .loggingSteps(1);
  }

  /** Returns a builder with these settings. */
  public Builder toBuilder() {
    return new Builder(this);
  }

  /** Collects settings. Confined to one thread. */
  public static final class Builder extends RunSettings<Builder> {
    private Builder() {}

    private Builder(TrainingConfig from) {
      copy(from);
    }

    @Override
    Builder self() {
      return this;
    }

    /**
     * Returns the settings.
     *
     * @throws NullPointerException if a required one is missing
     * @throws IllegalArgumentException if one is out of its range
     */
    public TrainingConfig build() {
      return new TrainingConfig(
          Objects.requireNonNull(modelNameOrPath, "modelNameOrPath"),
          Objects.requireNonNull(dataPath, "dataPath"),
          Objects.requireNonNull(outputDir, "outputDir"),
          imageFolder,
          visionTower,
          version,
          bosToken,
          mmVisionSelectLayer,
          mmUseImStartEnd,
          imageAspectRatio,
          pretrainMmMlpAdapter,
          tuneMmMlpAdapter,
          freezeMmMlpAdapter,
          freezeBackbone,
          modelMaxLength,
          learningRate,
          weightDecay,
          adamBeta1,
          adamBeta2,
          adamEpsilon,
          maxGradNorm,
          numTrainEpochs,
          maxSteps,
          lrSchedulerType,
          warmupRatio,
          warmupSteps,
          perDeviceTrainBatchSize,
          gradientAccumulationSteps,
          gradientCheckpointing,
          dataloaderDropLast,
          precision,
          device,
          threads,
          saveStrategy,
          saveSteps,
          saveTotalLimit,
          adapterOnly,
          loggingSteps,
          seed,
          maskAlignment,
          badSamples,
          orderFile,
          initialTensors,
          loraRank,
          loraAlpha,
          loraTargetModules,
          loraDropout,
          adapterFormat,
          data,
          reports,
          ranks,
          sharding,
          quirks);
    }
  }
}
