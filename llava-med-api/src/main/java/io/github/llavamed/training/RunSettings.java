package io.github.llavamed.training;

import io.github.llavamed.inference.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link TrainingConfig.Builder} that says how a run is carried out. Confined to one
 * thread.
 *
 * @param <B> the builder
 */
public abstract sealed class RunSettings<B extends RunSettings<B>> extends OptimizerSettings<B>
    permits TrainingConfig.Builder {
  Precision precision = Precision.FP32;
  String device = "cpu";
  int threads;
  SaveStrategy saveStrategy = SaveStrategy.STEPS;
  int saveSteps = 500;
  @Nullable Integer saveTotalLimit;
  boolean adapterOnly = true;
  int loggingSteps = 1;
  long seed = 42;
  MaskAlignment maskAlignment = MaskAlignment.LEGACY;
  BadSamplePolicy badSamples = BadSamplePolicy.FAIL;
  @Nullable Path orderFile;
  @Nullable Path initialTensors;
  int loraRank;
  double loraAlpha = 16;
  List<String> loraTargetModules = List.of("q_proj", "v_proj");
  double loraDropout;
  AdapterFormat adapterFormat = AdapterFormat.BIN;
  DataOptions data = DataOptions.DEFAULTS;
  ReportOptions reports = ReportOptions.DEFAULTS;
  RankContext ranks = RankContext.SINGLE;
  Sharding sharding = Sharding.NONE;
  TrainingQuirks quirks = TrainingQuirks.NONE;

  RunSettings() {}

  /** Takes over all settings. */
  @Override
  void copy(TrainingConfig from) {
    super.copy(from);
    precision = from.precision();
    device = from.device();
    threads = from.threads();
    saveStrategy = from.saveStrategy();
    saveSteps = from.saveSteps();
    saveTotalLimit = from.saveTotalLimit();
    adapterOnly = from.adapterOnly();
    loggingSteps = from.loggingSteps();
    seed = from.seed();
    maskAlignment = from.maskAlignment();
    badSamples = from.badSamples();
    orderFile = from.orderFile();
    initialTensors = from.initialTensors();
    loraRank = from.loraRank();
    loraAlpha = from.loraAlpha();
    loraTargetModules = from.loraTargetModules();
    loraDropout = from.loraDropout();
    adapterFormat = from.adapterFormat();
    data = from.data();
    reports = from.reports();
    ranks = from.ranks();
    sharding = from.sharding();
    quirks = from.quirks();
  }

  /** Sets {@link TrainingConfig#precision}. */
  public final B precision(Precision value) {
    precision = value;
    return self();
  }

  /** Sets {@link TrainingConfig#device}. */
  public final B device(String value) {
    device = value;
    return self();
  }

  /** Sets {@link TrainingConfig#threads}. */
  public final B threads(int value) {
    threads = value;
    return self();
  }

  /** Sets {@link TrainingConfig#saveStrategy}. */
  public final B saveStrategy(SaveStrategy value) {
    saveStrategy = value;
    return self();
  }

  /** Sets {@link TrainingConfig#saveSteps}. */
  public final B saveSteps(int value) {
    saveSteps = value;
    return self();
  }

  /** Sets {@link TrainingConfig#saveTotalLimit}. */
  public final B saveTotalLimit(@Nullable Integer value) {
    saveTotalLimit = value;
    return self();
  }

  /** Sets {@link TrainingConfig#adapterOnly}. */
  public final B adapterOnly(boolean value) {
    adapterOnly = value;
    return self();
  }

  /** Sets {@link TrainingConfig#loggingSteps}. */
  public final B loggingSteps(int value) {
    loggingSteps = value;
    return self();
  }

  /** Sets {@link TrainingConfig#seed}. */
  public final B seed(long value) {
    seed = value;
    return self();
  }

  /** Sets {@link TrainingConfig#maskAlignment}. */
  public final B maskAlignment(MaskAlignment value) {
    maskAlignment = value;
    return self();
  }

  /** Sets {@link TrainingConfig#badSamples}. */
  public final B badSamples(BadSamplePolicy value) {
    badSamples = value;
    return self();
  }

  /** Sets {@link TrainingConfig#orderFile}. */
  public final B orderFile(@Nullable Path value) {
    orderFile = value;
    return self();
  }

  /** Sets {@link TrainingConfig#initialTensors}. */
  public final B initialTensors(@Nullable Path value) {
    initialTensors = value;
    return self();
  }

  /** Sets {@link TrainingConfig#loraRank}. */
  public final B loraRank(int value) {
    loraRank = value;
    return self();
  }

  /** Sets {@link TrainingConfig#loraAlpha}. */
  public final B loraAlpha(double value) {
    loraAlpha = value;
    return self();
  }

  /** Sets {@link TrainingConfig#loraTargetModules}. */
  public final B loraTargetModules(List<String> value) {
    loraTargetModules = value;
    return self();
  }

  /** Sets {@link TrainingConfig#loraDropout}. */
  public final B loraDropout(double value) {
    loraDropout = value;
    return self();
  }

  /** Sets {@link TrainingConfig#adapterFormat}. */
  public final B adapterFormat(AdapterFormat value) {
    adapterFormat = value;
    return self();
  }

  /** Changes {@link TrainingConfig#data}. */
  public final B data(UnaryOperator<DataOptions> change) {
    data = change.apply(data);
    return self();
  }

  /** Changes {@link TrainingConfig#reports}. */
  public final B reports(UnaryOperator<ReportOptions> change) {
    reports = change.apply(reports);
    return self();
  }

  /** Sets {@link TrainingConfig#ranks}. */
  public final B ranks(RankContext value) {
    ranks = value;
    return self();
  }

  /** Sets {@link TrainingConfig#sharding}. */
  public final B sharding(Sharding value) {
    sharding = value;
    return self();
  }

  /** Sets {@link TrainingConfig#quirks}. */
  public final B quirks(TrainingQuirks value) {
    quirks = value;
    return self();
  }
}
