package io.github.llavamed.training;

import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.inference.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
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
  public static final class Builder {
    private @Nullable Path modelNameOrPath;
    private @Nullable Path dataPath;
    private @Nullable Path outputDir;
    private @Nullable Path imageFolder;
    private @Nullable Path visionTower;
    private TextVersion version = TextVersion.V0;
    private @Nullable String bosToken;
    private int mmVisionSelectLayer = -1;
    private boolean mmUseImStartEnd;
    private ImageAspect imageAspectRatio = ImageAspect.SQUARE;
    private @Nullable Path pretrainMmMlpAdapter;
    private boolean tuneMmMlpAdapter;
    private boolean freezeMmMlpAdapter;
    private boolean freezeBackbone;
    private int modelMaxLength = 512;
    private double learningRate = 5e-5;
    private double weightDecay;
    private double adamBeta1 = 0.9;
    private double adamBeta2 = 0.999;
    private double adamEpsilon = 1e-8;
    private double maxGradNorm = 1;
    private double numTrainEpochs = 3;
    private long maxSteps = -1;
    private LrSchedulerType lrSchedulerType = LrSchedulerType.LINEAR;
    private double warmupRatio;
    private int warmupSteps;
    private int perDeviceTrainBatchSize = 8;
    private int gradientAccumulationSteps = 1;
    private boolean gradientCheckpointing;
    private boolean dataloaderDropLast;
    private Precision precision = Precision.FP32;
    private String device = "cpu";
    private int threads;
    private SaveStrategy saveStrategy = SaveStrategy.STEPS;
    private int saveSteps = 500;
    private @Nullable Integer saveTotalLimit;
    private boolean adapterOnly = true;
    private int loggingSteps = 1;
    private long seed = 42;
    private MaskAlignment maskAlignment = MaskAlignment.LEGACY;
    private BadSamplePolicy badSamples = BadSamplePolicy.FAIL;
    private @Nullable Path orderFile;
    private @Nullable Path initialTensors;
    private int loraRank;
    private double loraAlpha = 16;
    private List<String> loraTargetModules = List.of("q_proj", "v_proj");
    private double loraDropout;
    private AdapterFormat adapterFormat = AdapterFormat.BIN;
    private DataOptions data = DataOptions.DEFAULTS;
    private ReportOptions reports = ReportOptions.DEFAULTS;
    private RankContext ranks = RankContext.SINGLE;
    private Sharding sharding = Sharding.NONE;
    private TrainingQuirks quirks = TrainingQuirks.NONE;

    private Builder() {}

    private Builder(TrainingConfig from) {
      this.modelNameOrPath = from.modelNameOrPath;
      this.dataPath = from.dataPath;
      this.outputDir = from.outputDir;
      this.imageFolder = from.imageFolder;
      this.visionTower = from.visionTower;
      this.version = from.version;
      this.bosToken = from.bosToken;
      this.mmVisionSelectLayer = from.mmVisionSelectLayer;
      this.mmUseImStartEnd = from.mmUseImStartEnd;
      this.imageAspectRatio = from.imageAspectRatio;
      this.pretrainMmMlpAdapter = from.pretrainMmMlpAdapter;
      this.tuneMmMlpAdapter = from.tuneMmMlpAdapter;
      this.freezeMmMlpAdapter = from.freezeMmMlpAdapter;
      this.freezeBackbone = from.freezeBackbone;
      this.modelMaxLength = from.modelMaxLength;
      this.learningRate = from.learningRate;
      this.weightDecay = from.weightDecay;
      this.adamBeta1 = from.adamBeta1;
      this.adamBeta2 = from.adamBeta2;
      this.adamEpsilon = from.adamEpsilon;
      this.maxGradNorm = from.maxGradNorm;
      this.numTrainEpochs = from.numTrainEpochs;
      this.maxSteps = from.maxSteps;
      this.lrSchedulerType = from.lrSchedulerType;
      this.warmupRatio = from.warmupRatio;
      this.warmupSteps = from.warmupSteps;
      this.perDeviceTrainBatchSize = from.perDeviceTrainBatchSize;
      this.gradientAccumulationSteps = from.gradientAccumulationSteps;
      this.gradientCheckpointing = from.gradientCheckpointing;
      this.dataloaderDropLast = from.dataloaderDropLast;
      this.precision = from.precision;
      this.device = from.device;
      this.threads = from.threads;
      this.saveStrategy = from.saveStrategy;
      this.saveSteps = from.saveSteps;
      this.saveTotalLimit = from.saveTotalLimit;
      this.adapterOnly = from.adapterOnly;
      this.loggingSteps = from.loggingSteps;
      this.seed = from.seed;
      this.maskAlignment = from.maskAlignment;
      this.badSamples = from.badSamples;
      this.orderFile = from.orderFile;
      this.initialTensors = from.initialTensors;
      this.loraRank = from.loraRank;
      this.loraAlpha = from.loraAlpha;
      this.loraTargetModules = from.loraTargetModules;
      this.loraDropout = from.loraDropout;
      this.adapterFormat = from.adapterFormat;
      this.data = from.data;
      this.reports = from.reports;
      this.ranks = from.ranks;
      this.sharding = from.sharding;
      this.quirks = from.quirks;
    }

    /** Sets {@link TrainingConfig#modelNameOrPath}. */
    public Builder modelNameOrPath(Path value) {
      modelNameOrPath = value;
      return this;
    }

    /** Sets {@link TrainingConfig#dataPath}. */
    public Builder dataPath(Path value) {
      dataPath = value;
      return this;
    }

    /** Sets {@link TrainingConfig#outputDir}. */
    public Builder outputDir(Path value) {
      outputDir = value;
      return this;
    }

    /** Sets {@link TrainingConfig#imageFolder}. */
    public Builder imageFolder(@Nullable Path value) {
      imageFolder = value;
      return this;
    }

    /** Sets {@link TrainingConfig#visionTower}. */
    public Builder visionTower(@Nullable Path value) {
      visionTower = value;
      return this;
    }

    /** Sets {@link TrainingConfig#version}. */
    public Builder version(TextVersion value) {
      version = value;
      return this;
    }

    /** Sets {@link TrainingConfig#bosToken}. */
    public Builder bosToken(@Nullable String value) {
      bosToken = value;
      return this;
    }

    /** Sets {@link TrainingConfig#mmVisionSelectLayer}. */
    public Builder mmVisionSelectLayer(int value) {
      mmVisionSelectLayer = value;
      return this;
    }

    /** Sets {@link TrainingConfig#mmUseImStartEnd}. */
    public Builder mmUseImStartEnd(boolean value) {
      mmUseImStartEnd = value;
      return this;
    }

    /** Sets {@link TrainingConfig#imageAspectRatio}. */
    public Builder imageAspectRatio(ImageAspect value) {
      imageAspectRatio = value;
      return this;
    }

    /** Sets {@link TrainingConfig#pretrainMmMlpAdapter}. */
    public Builder pretrainMmMlpAdapter(@Nullable Path value) {
      pretrainMmMlpAdapter = value;
      return this;
    }

    /** Sets {@link TrainingConfig#tuneMmMlpAdapter}. */
    public Builder tuneMmMlpAdapter(boolean value) {
      tuneMmMlpAdapter = value;
      return this;
    }

    /** Sets {@link TrainingConfig#freezeMmMlpAdapter}. */
    public Builder freezeMmMlpAdapter(boolean value) {
      freezeMmMlpAdapter = value;
      return this;
    }

    /** Sets {@link TrainingConfig#freezeBackbone}. */
    public Builder freezeBackbone(boolean value) {
      freezeBackbone = value;
      return this;
    }

    /** Sets {@link TrainingConfig#modelMaxLength}. */
    public Builder modelMaxLength(int value) {
      modelMaxLength = value;
      return this;
    }

    /** Sets {@link TrainingConfig#learningRate}. */
    public Builder learningRate(double value) {
      learningRate = value;
      return this;
    }

    /** Sets {@link TrainingConfig#weightDecay}. */
    public Builder weightDecay(double value) {
      weightDecay = value;
      return this;
    }

    /** Sets {@link TrainingConfig#adamBeta1}. */
    public Builder adamBeta1(double value) {
      adamBeta1 = value;
      return this;
    }

    /** Sets {@link TrainingConfig#adamBeta2}. */
    public Builder adamBeta2(double value) {
      adamBeta2 = value;
      return this;
    }

    /** Sets {@link TrainingConfig#adamEpsilon}. */
    public Builder adamEpsilon(double value) {
      adamEpsilon = value;
      return this;
    }

    /** Sets {@link TrainingConfig#maxGradNorm}. */
    public Builder maxGradNorm(double value) {
      maxGradNorm = value;
      return this;
    }

    /** Sets {@link TrainingConfig#numTrainEpochs}. */
    public Builder numTrainEpochs(double value) {
      numTrainEpochs = value;
      return this;
    }

    /** Sets {@link TrainingConfig#maxSteps}. */
    public Builder maxSteps(long value) {
      maxSteps = value;
      return this;
    }

    /** Sets {@link TrainingConfig#lrSchedulerType}. */
    public Builder lrSchedulerType(LrSchedulerType value) {
      lrSchedulerType = value;
      return this;
    }

    /** Sets {@link TrainingConfig#warmupRatio}. */
    public Builder warmupRatio(double value) {
      warmupRatio = value;
      return this;
    }

    /** Sets {@link TrainingConfig#warmupSteps}. */
    public Builder warmupSteps(int value) {
      warmupSteps = value;
      return this;
    }

    /** Sets {@link TrainingConfig#perDeviceTrainBatchSize}. */
    public Builder perDeviceTrainBatchSize(int value) {
      perDeviceTrainBatchSize = value;
      return this;
    }

    /** Sets {@link TrainingConfig#gradientAccumulationSteps}. */
    public Builder gradientAccumulationSteps(int value) {
      gradientAccumulationSteps = value;
      return this;
    }

    /** Sets {@link TrainingConfig#gradientCheckpointing}. */
    public Builder gradientCheckpointing(boolean value) {
      gradientCheckpointing = value;
      return this;
    }

    /** Sets {@link TrainingConfig#dataloaderDropLast}. */
    public Builder dataloaderDropLast(boolean value) {
      dataloaderDropLast = value;
      return this;
    }

    /** Sets {@link TrainingConfig#precision}. */
    public Builder precision(Precision value) {
      precision = value;
      return this;
    }

    /** Sets {@link TrainingConfig#device}. */
    public Builder device(String value) {
      device = value;
      return this;
    }

    /** Sets {@link TrainingConfig#threads}. */
    public Builder threads(int value) {
      threads = value;
      return this;
    }

    /** Sets {@link TrainingConfig#saveStrategy}. */
    public Builder saveStrategy(SaveStrategy value) {
      saveStrategy = value;
      return this;
    }

    /** Sets {@link TrainingConfig#saveSteps}. */
    public Builder saveSteps(int value) {
      saveSteps = value;
      return this;
    }

    /** Sets {@link TrainingConfig#saveTotalLimit}. */
    public Builder saveTotalLimit(@Nullable Integer value) {
      saveTotalLimit = value;
      return this;
    }

    /** Sets {@link TrainingConfig#adapterOnly}. */
    public Builder adapterOnly(boolean value) {
      adapterOnly = value;
      return this;
    }

    /** Sets {@link TrainingConfig#loggingSteps}. */
    public Builder loggingSteps(int value) {
      loggingSteps = value;
      return this;
    }

    /** Sets {@link TrainingConfig#seed}. */
    public Builder seed(long value) {
      seed = value;
      return this;
    }

    /** Sets {@link TrainingConfig#maskAlignment}. */
    public Builder maskAlignment(MaskAlignment value) {
      maskAlignment = value;
      return this;
    }

    /** Sets {@link TrainingConfig#badSamples}. */
    public Builder badSamples(BadSamplePolicy value) {
      badSamples = value;
      return this;
    }

    /** Sets {@link TrainingConfig#orderFile}. */
    public Builder orderFile(@Nullable Path value) {
      orderFile = value;
      return this;
    }

    /** Sets {@link TrainingConfig#initialTensors}. */
    public Builder initialTensors(@Nullable Path value) {
      initialTensors = value;
      return this;
    }

    /** Sets {@link TrainingConfig#loraRank}. */
    public Builder loraRank(int value) {
      loraRank = value;
      return this;
    }

    /** Sets {@link TrainingConfig#loraAlpha}. */
    public Builder loraAlpha(double value) {
      loraAlpha = value;
      return this;
    }

    /** Sets {@link TrainingConfig#loraTargetModules}. */
    public Builder loraTargetModules(List<String> value) {
      loraTargetModules = value;
      return this;
    }

    /** Sets {@link TrainingConfig#loraDropout}. */
    public Builder loraDropout(double value) {
      loraDropout = value;
      return this;
    }

    /** Sets {@link TrainingConfig#adapterFormat}. */
    public Builder adapterFormat(AdapterFormat value) {
      adapterFormat = value;
      return this;
    }

    /** Changes {@link TrainingConfig#data}. */
    public Builder data(UnaryOperator<DataOptions> change) {
      data = change.apply(data);
      return this;
    }

    /** Changes {@link TrainingConfig#reports}. */
    public Builder reports(UnaryOperator<ReportOptions> change) {
      reports = change.apply(reports);
      return this;
    }

    /** Sets {@link TrainingConfig#ranks}. */
    public Builder ranks(RankContext value) {
      ranks = value;
      return this;
    }

    /** Sets {@link TrainingConfig#sharding}. */
    public Builder sharding(Sharding value) {
      sharding = value;
      return this;
    }

    /** Sets {@link TrainingConfig#quirks}. */
    public Builder quirks(TrainingQuirks value) {
      quirks = value;
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
