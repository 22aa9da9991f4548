package io.github.llavamed.cli;

import io.github.llavamed.cli.launch.LauncherWatch;
import io.github.llavamed.inference.BackendStatus;
import io.github.llavamed.inference.BackendUnavailableException;
import io.github.llavamed.training.TrainerProvider;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingFlags;
import io.github.llavamed.training.TrainingQuirks;
import io.github.llavamed.training.TrainingReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Unmatched;

/** {@code train}: the three published stages, or any mixture of the original's flags. */
@Command(
    name = "train",
    description = {
      "Trains a model as the original's train.py does. Takes all of its flags, among them",
      "--model_name_or_path, --data_path, --image_folder, --vision_tower, --output_dir,",
      "--num_train_epochs, --learning_rate, --bf16 True, --tune_mm_mlp_adapter True,",
      "--fsdp 'full_shard auto_wrap' (or --sharding full); also",
      "--order_file, --initial_tensors, --lora_rank, --lora_dropout, --device, --threads;",
      "--bad_samples fail|skip|random, --group_by_length, --dataloader_num_workers N,",
      "--feature_cache DIR, --report_to tensorboard, --logging_dir DIR, --adapter_format",
      "bin|safetensors. A run whose output directory holds checkpoints goes on from the newest",
      "sound one."
    },
    footer = {
      "",
      "Example:",
      "  llava-med train --preset vqa-finetune --model_name_or_path llava-med-7b \\",
      "      --data_path train.json --image_folder images --vision_tower clip \\",
      "      --output_dir out"
    })
final class TrainCommand implements Callable<Integer> {
  private static final int PUBLISHED_EPOCHS = 3;

  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();
  @Mixin private final LaunchOptions launch = new LaunchOptions();

  @Option(
      names = "--preset",
      paramLabel = "NAME",
      description = "stage1, stage2 or vqa-finetune: the published numbers; flags override them.")
  private @Nullable String preset;

  @Option(
      names = "--quirks",
      paramLabel = "WHICH",
      description =
          "numbers (default): the vision tower is rounded to float16, as the original does;"
              + " original: every defect of the original; none: no rounding either.")
  private String quirks = "numbers";

  @Option(
      names = "--metrics-file",
      paramLabel = "FILE",
      description = "Also write the figures of each step as JSON lines to this file.")
  private @Nullable Path metricsFile;

  @Option(
      names = "--resume",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description = "Accepted for clarity: checkpoints in the output directory are always used.")
  private boolean resume;

  @Option(
      names = "--dry-run",
      arity = "0..1",
      fallbackValue = "true",
      paramLabel = "BOOL",
      description =
          "Print what would be trained, on which data, in how many steps and how much memory;"
              + " run and write nothing.")
  private boolean dryRun;

  @Option(names = "--no-progress", description = "Print only warnings and the result.")
  private boolean noProgress;

  @Unmatched private List<String> flags = new ArrayList<>();

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    TrainingConfig config = config(command);
    PrintWriter err = command.commandLine().getErr();
    if (dryRun) {
      PrintWriter out = command.commandLine().getOut();
      TrainingConfig planned = launch.planned(config);
      ForecastText.print(planned, provider().create().forecast(planned), out);
      return 0;
    }
    if (launch.asked()) {
      launch.run(arguments(command), System.getenv(), command.commandLine().getOut(), err);
      return 0;
    }
    LauncherWatch.start(System.getenv());
    boolean main = config.ranks().isMain();
    try (TrainingProgress progress =
        new TrainingProgress(err, main && !noProgress, main ? metricsFile : null)) {
      TrainingReport report = provider().create().train(config, progress);
      if (!report.skippedSamples().isEmpty()) {
        err.println("left out: samples " + report.skippedSamples());
      }
      if (main) {
        command.commandLine().getOut().println(report.outputDir());
      }
    }
    return 0;
  }

  private static List<String> arguments(CommandSpec command) {
    return command.root().commandLine().getParseResult().originalArgs();
  }

  private TrainingConfig config(CommandSpec command) {
    TrainingConfig.Builder builder =
        preset(command).ranks(RankVariables.ranks(System.getenv())).quirks(quirks(command));
    try {
      for (int i = 0; i < flags.size(); i++) {
        String flag = flags.get(i);
        if (!flag.startsWith("--")) {
          throw new IllegalArgumentException("expected a flag, found '" + flag + "'");
        }
        int equals = flag.indexOf('=');
        if (equals > 0) {
          TrainingFlags.apply(builder, flag.substring(0, equals), flag.substring(equals + 1));
        } else if (i + 1 < flags.size() && !flags.get(i + 1).startsWith("--")) {
          TrainingFlags.apply(builder, flag, flags.get(++i));
        } else {
          TrainingFlags.apply(builder, flag, "True");
        }
      }
      return RankVariables.onOwnDevice(builder.build(), System.getenv());
    } catch (IllegalArgumentException | NullPointerException e) {
      throw new ParameterException(command.commandLine(), FailureMessage.of(e), e);
    }
  }

  private TrainingConfig.Builder preset(CommandSpec command) {
    if (preset == null) {
      return TrainingConfig.builder();
    }
    return switch (preset) {
      case "stage1" -> TrainingConfig.stage1();
      case "stage2" -> TrainingConfig.stage2();
      case "vqa-finetune" -> TrainingConfig.vqaFinetune(PUBLISHED_EPOCHS);
      default ->
          throw new ParameterException(
              command.commandLine(),
              "--preset: expected stage1, stage2 or vqa-finetune, found '" + preset + "'");
    };
  }

  private TrainingQuirks quirks(CommandSpec command) {
    return switch (quirks) {
      case "numbers" -> TrainingQuirks.NONE.withFloat16Tower(true);
      case "original" -> TrainingQuirks.ALL;
      case "none" -> TrainingQuirks.NONE;
      default ->
          throw new ParameterException(
              command.commandLine(),
              "--quirks: expected numbers, original or none, found '" + quirks + "'");
    };
  }

  /** Returns the trainer that can run here. */
  static TrainerProvider provider() {
    StringBuilder reasons = new StringBuilder();
    for (TrainerProvider provider : ServiceLoader.load(TrainerProvider.class)) {
      BackendStatus status = provider.probe();
      if (status.available()) {
        return provider;
      }
      reasons.append(provider.id()).append(": ").append(status.detail()).append("; ");
    }
    throw new BackendUnavailableException(
        "no trainer can run here: "
            + reasons
            + "add io.github.llavamed:llava-med-trainer-javacpp to the class path",
        null);
  }
}
