package io.github.llavamed.training;

import io.github.llavamed.config.ImageAspect;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The part of a {@link TrainingConfig.Builder} that says what a run starts from and reads. Confined
 * to one thread.
 *
 * @param <B> the builder
 */
public abstract sealed class StartSettings<B extends StartSettings<B>> permits OptimizerSettings {
  @Nullable Path modelNameOrPath;
  @Nullable Path dataPath;
  @Nullable Path outputDir;
  @Nullable Path imageFolder;
  @Nullable Path visionTower;
  TextVersion version = TextVersion.V0;
  @Nullable String bosToken;
  int mmVisionSelectLayer = -1;
  boolean mmUseImStartEnd;
  ImageAspect imageAspectRatio = ImageAspect.SQUARE;
  @Nullable Path pretrainMmMlpAdapter;
  boolean tuneMmMlpAdapter;
  boolean freezeMmMlpAdapter;
  boolean freezeBackbone;
  int modelMaxLength = 512;

  StartSettings() {}

  /** Returns the builder itself, as what it is. */
  abstract B self();

  /** Takes over all settings. */
  void copy(TrainingConfig from) {
    modelNameOrPath = from.modelNameOrPath();
    dataPath = from.dataPath();
    outputDir = from.outputDir();
    imageFolder = from.imageFolder();
    visionTower = from.visionTower();
    version = from.version();
    bosToken = from.bosToken();
    mmVisionSelectLayer = from.mmVisionSelectLayer();
    mmUseImStartEnd = from.mmUseImStartEnd();
    imageAspectRatio = from.imageAspectRatio();
    pretrainMmMlpAdapter = from.pretrainMmMlpAdapter();
    tuneMmMlpAdapter = from.tuneMmMlpAdapter();
    freezeMmMlpAdapter = from.freezeMmMlpAdapter();
    freezeBackbone = from.freezeBackbone();
    modelMaxLength = from.modelMaxLength();
  }

  /** Sets {@link TrainingConfig#modelNameOrPath}. */
  public final B modelNameOrPath(Path value) {
    modelNameOrPath = value;
    return self();
  }

  /** Sets {@link TrainingConfig#dataPath}. */
  public final B dataPath(Path value) {
    dataPath = value;
    return self();
  }

  /** Sets {@link TrainingConfig#outputDir}. */
  public final B outputDir(Path value) {
    outputDir = value;
    return self();
  }

  /** Sets {@link TrainingConfig#imageFolder}. */
  public final B imageFolder(@Nullable Path value) {
    imageFolder = value;
    return self();
  }

  /** Sets {@link TrainingConfig#visionTower}. */
  public final B visionTower(@Nullable Path value) {
    visionTower = value;
    return self();
  }

  /** Sets {@link TrainingConfig#version}. */
  public final B version(TextVersion value) {
    version = value;
    return self();
  }

  /** Sets {@link TrainingConfig#bosToken}. */
  public final B bosToken(@Nullable String value) {
    bosToken = value;
    return self();
  }

  /** Sets {@link TrainingConfig#mmVisionSelectLayer}. */
  public final B mmVisionSelectLayer(int value) {
    mmVisionSelectLayer = value;
    return self();
  }

  /** Sets {@link TrainingConfig#mmUseImStartEnd}. */
  public final B mmUseImStartEnd(boolean value) {
    mmUseImStartEnd = value;
    return self();
  }

  /** Sets {@link TrainingConfig#imageAspectRatio}. */
  public final B imageAspectRatio(ImageAspect value) {
    imageAspectRatio = value;
    return self();
  }

  /** Sets {@link TrainingConfig#pretrainMmMlpAdapter}. */
  public final B pretrainMmMlpAdapter(@Nullable Path value) {
    pretrainMmMlpAdapter = value;
    return self();
  }

  /** Sets {@link TrainingConfig#tuneMmMlpAdapter}. */
  public final B tuneMmMlpAdapter(boolean value) {
    tuneMmMlpAdapter = value;
    return self();
  }

  /** Sets {@link TrainingConfig#freezeMmMlpAdapter}. */
  public final B freezeMmMlpAdapter(boolean value) {
    freezeMmMlpAdapter = value;
    return self();
  }

  /** Sets {@link TrainingConfig#freezeBackbone}. */
  public final B freezeBackbone(boolean value) {
    freezeBackbone = value;
    return self();
  }

  /** Sets {@link TrainingConfig#modelMaxLength}. */
  public final B modelMaxLength(int value) {
    modelMaxLength = value;
    return self();
  }
}
