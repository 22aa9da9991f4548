package io.github.llavamed.training;

import io.github.llavamed.config.ImageAspect;
import io.github.llavamed.inference.Precision;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Reads the original's command-line flags into a {@link TrainingConfig}. Stateless. */
public final class TrainingFlags {
  private static final double BYTES_PER_GB = 1e9;

  private TrainingFlags() {}

  /**
   * Sets what a flag says.
   *
   * <p>Names are the original's with or without the leading dashes, words joined by {@code _} or
   * {@code -}. Booleans are {@code True} or {@code False}, any case.
   *
   * @throws IllegalArgumentException if the flag is not known, or its value cannot be read
   */
  public static TrainingConfig.Builder apply(
      TrainingConfig.Builder builder, String flag, String value) {
    String name = flag.replaceFirst("^--", "").replace('-', '_');
    try {
      return set(builder, name, value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "--%s: '%s' cannot be used: %s".formatted(name, value, e.getMessage()), e);
    }
  }

  private static TrainingConfig.Builder set(TrainingConfig.Builder to, String name, String value) {
    return switch (name) {
      case "model_name_or_path" -> to.modelNameOrPath(Path.of(value));
      case "data_path" -> to.dataPath(Path.of(value));
      case "output_dir" -> to.outputDir(Path.of(value));
      case "image_folder" -> to.imageFolder(Path.of(value));
      case "vision_tower" -> to.visionTower(Path.of(value));
      case "version" -> to.version(TextVersion.valueOf(upper(value)));
      case "mm_vision_select_layer" -> to.mmVisionSelectLayer(Integer.parseInt(value));
      case "mm_use_im_start_end" -> to.mmUseImStartEnd(bool(value));
      case "image_aspect_ratio" -> to.imageAspectRatio(ImageAspect.valueOf(upper(value)));
      case "pretrain_mm_mlp_adapter" -> to.pretrainMmMlpAdapter(Path.of(value));
      case "tune_mm_mlp_adapter" -> to.tuneMmMlpAdapter(bool(value));
      case "freeze_mm_mlp_adapter" -> to.freezeMmMlpAdapter(bool(value));
      case "freeze_backbone" -> to.freezeBackbone(bool(value));
      case "model_max_length" -> to.modelMaxLength(Integer.parseInt(value));
      // Always lazy here: the original's other way fails with images.
      case "lazy_preprocess" -> to;
      case "optim" -> require(to, value, "adamw_torch");
      case "evaluation_strategy" -> require(to, value, "no");
      default -> setOptimisation(to, name, value);
    };
  }

  private static TrainingConfig.Builder setOptimisation(
      TrainingConfig.Builder to, String name, String value) {
    return switch (name) {
      case "learning_rate" -> to.learningRate(Double.parseDouble(value));
      case "weight_decay" -> to.weightDecay(Double.parseDouble(value));
      case "adam_beta1" -> to.adamBeta1(Double.parseDouble(value));
      case "adam_beta2" -> to.adamBeta2(Double.parseDouble(value));
      case "adam_epsilon" -> to.adamEpsilon(Double.parseDouble(value));
      case "max_grad_norm" -> to.maxGradNorm(Double.parseDouble(value));
      case "num_train_epochs" -> to.numTrainEpochs(Double.parseDouble(value));
      case "max_steps" -> to.maxSteps(Long.parseLong(value));
      case "lr_scheduler_type" -> to.lrSchedulerType(LrSchedulerType.valueOf(upper(value)));
      case "warmup_ratio" -> to.warmupRatio(Double.parseDouble(value));
      case "warmup_steps" -> to.warmupSteps(Integer.parseInt(value));
      case "per_device_train_batch_size" -> to.perDeviceTrainBatchSize(Integer.parseInt(value));
      case "gradient_accumulation_steps" -> to.gradientAccumulationSteps(Integer.parseInt(value));
      case "gradient_checkpointing" -> to.gradientCheckpointing(bool(value));
      case "dataloader_drop_last" -> to.dataloaderDropLast(bool(value));
      case "bf16" -> to.precision(bool(value) ? Precision.BF16 : Precision.FP32);
      default -> setRun(to, name, value);
    };
  }

  private static TrainingConfig.Builder setRun(
      TrainingConfig.Builder to, String name, String value) {
    return switch (name) {
      case "device" -> to.device(value);
      case "threads" -> to.threads(Integer.parseInt(value));
      case "save_strategy" -> to.saveStrategy(SaveStrategy.valueOf(upper(value)));
      case "save_steps" -> to.saveSteps(Integer.parseInt(value));
      case "save_total_limit" -> to.saveTotalLimit(Integer.valueOf(value));
      case "adapter_only" -> to.adapterOnly(bool(value));
      case "logging_steps" -> to.loggingSteps(Integer.parseInt(value));
      case "sharding" -> to.sharding(Sharding.valueOf(upper(value)));
      case "fsdp" -> to.sharding(Sharding.ofFsdp(value));
      // The unit is always one decoder layer, whatever its class is called in Python.
      case "fsdp_transformer_layer_cls_to_wrap" -> to;
      case "seed" -> to.seed(Long.parseLong(value));
      case "mask_alignment" -> to.maskAlignment(MaskAlignment.valueOf(upper(value)));
      case "bos_token" -> to.bosToken(value);
      case "bad_samples" -> to.badSamples(BadSamplePolicy.valueOf(upper(value)));
      case "order_file" -> to.orderFile(Path.of(value));
      case "initial_tensors" -> to.initialTensors(Path.of(value));
      case "lora_rank" -> to.loraRank(Integer.parseInt(value));
      case "lora_alpha" -> to.loraAlpha(Double.parseDouble(value));
      case "lora_target_modules" -> to.loraTargetModules(List.of(value.split(",")));
      case "lora_dropout" -> to.loraDropout(Double.parseDouble(value));
      case "adapter_format" -> to.adapterFormat(AdapterFormat.valueOf(upper(value)));
      default -> setData(to, name, value);
    };
  }

  private static TrainingConfig.Builder setData(
      TrainingConfig.Builder to, String name, String value) {
    return switch (name) {
      case "dataloader_num_workers" -> {
        int workers = Integer.parseInt(value);
        yield to.data(data -> data.withWorkers(workers));
      }
      case "group_by_length" -> grouping(to, value, SampleGrouping.LENGTH);
      case "group_by_modality_length" -> grouping(to, value, SampleGrouping.MODALITY_LENGTH);
      case "feature_cache" -> to.data(data -> data.withFeatureCache(Path.of(value)));
      case "feature_cache_gb" -> {
        long bytes = (long) (Double.parseDouble(value) * BYTES_PER_GB);
        yield to.data(data -> data.withFeatureCacheBytes(bytes));
      }
      case "report_to" -> reportTo(to, value);
      case "logging_dir" -> to.reports(reports -> reports.withLoggingDir(Path.of(value)));
      default -> throw new IllegalArgumentException("there is no such flag");
    };
  }

  private static TrainingConfig.Builder grouping(
      TrainingConfig.Builder to, String value, SampleGrouping grouping) {
    return bool(value) ? to.data(data -> data.withGrouping(grouping)) : to;
  }

  /** Takes the original's list of services; of these there is TensorBoard. */
  private static TrainingConfig.Builder reportTo(TrainingConfig.Builder to, String value) {
    return switch (value) {
      case "tensorboard", "all" -> to.reports(reports -> reports.withTensorBoard(true));
      case "none" -> to.reports(reports -> reports.withTensorBoard(false));
      default -> throw new IllegalArgumentException("expected tensorboard, all or none");
    };
  }

  /** Accepts a flag that has one useful value here. */
  private static TrainingConfig.Builder require(
      TrainingConfig.Builder to, String value, String only) {
    if (!value.equals(only)) {
      throw new IllegalArgumentException("expected " + only);
    }
    return to;
  }

  private static String upper(String value) {
    return value.toUpperCase(Locale.ROOT);
  }

  private static boolean bool(String value) {
    return switch (value.toLowerCase(Locale.ROOT)) {
      case "true" -> true;
      case "false" -> false;
      default -> throw new IllegalArgumentException("expected True or False");
    };
  }
}
