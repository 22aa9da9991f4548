package io.github.llavamed.demo.training;

import io.github.llavamed.training.TrainingConfig;
import java.util.Arrays;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The stages of the demo model's training, in their order. */
public enum DemoStage {
  /** In place of a pre-trained CLIP: the vision tower, from nothing. */
  TOWER("tower", "vision tower from nothing, on attributes of images and patches", 1000, 32, 2e-3),
  /** In place of a pre-trained decoder: reads captions, sees no image. */
  LANGUAGE("language", "decoder from nothing, on dialogues about captions", 1000, 16, 2e-3),
  /** Stage 1 of the original: the projector alone. */
  ALIGNMENT("alignment", "stage 1: projector, on captions", 372, 16, 2e-3),
  /** Stage 2 of the original: everything but the tower. */
  INSTRUCTION("instruction", "stage 2: projector and decoder, on dialogues", 372, 16, 1e-3),
  /** Fine-tuning of the original: everything but the tower. */
  VQA("vqa", "stage 3: projector and decoder, on questions with short answers", 281, 32, 1e-3);

  private final String id;
  private final String purpose;
  private final int steps;
  private final int batchSize;
  private final double learningRate;

  DemoStage(String id, String purpose, int steps, int batchSize, double learningRate) {
    this.id = id;
    this.purpose = purpose;
    this.steps = steps;
    this.batchSize = batchSize;
    this.learningRate = learningRate;
  }

  /**
   * Returns the stage of a name.
   *
   * @throws IllegalArgumentException if there is none
   */
  public static DemoStage named(String id) {
    return Arrays.stream(values())
        .filter(stage -> stage.id.equals(id))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "stage: expected one of %s, found '%s'"
                        .formatted(
                            Arrays.stream(values())
                                .map(DemoStage::id)
                                .collect(Collectors.joining(", ")),
                            id)));
  }

  /** Returns the name that users type. */
  public String id() {
    return id;
  }

  /** Returns what is trained on what, in a few words. */
  public String purpose() {
    return purpose;
  }

  /** Returns the optimiser steps of a whole training. */
  public int steps() {
    return steps;
  }

  /** Returns the samples of a step. */
  public int batchSize() {
    return batchSize;
  }

  /** Returns the peak of the learning rate. */
  public double learningRate() {
    return learningRate;
  }

  /** Returns the folder of a stage, whose names sort in the order of the stages. */
  String folder() {
    return ordinal() + "-" + id;
  }

  /** Returns the original's recipe that the stage follows; the tower has none. */
  TrainingConfig.@Nullable Builder recipe() {
    return switch (this) {
      case TOWER -> null;
      case LANGUAGE -> TrainingConfig.stage2().freezeMmMlpAdapter(true);
      case ALIGNMENT -> TrainingConfig.stage1().adapterOnly(false);
      case INSTRUCTION -> TrainingConfig.stage2();
      case VQA -> TrainingConfig.vqaFinetune(1);
    };
  }
}
