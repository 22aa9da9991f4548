package io.github.llavamed.cli;

import io.github.llavamed.demo.training.DemoStage;
import io.github.llavamed.demo.training.DemoTraining;
import io.github.llavamed.demo.training.DemoTrainingConfig;
import io.github.llavamed.demo.training.DemoTrainingListener;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code demo train}: trains the demo model from nothing. */
@Command(
    name = "train",
    description = {
      "Trains the demo model from nothing: a vision tower and a decoder, which the original gets",
      "pre-trained, then the original's three stages by their own recipes with learning rates for",
      "a small model. A run that was interrupted goes on when it is started again."
    },
    footer = {"", "Example:", "  llava-med demo train --output trained"})
final class DemoTrainCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;
  @Mixin private final GlobalOptions global = new GlobalOptions();

  @Option(
      names = "--output",
      required = true,
      paramLabel = "DIR",
      description = "An empty folder, or the beginning of the same training.")
  private @Nullable Path output;

  @Option(
      names = "--seed",
      paramLabel = "N",
      description = "Of data, weights and order; default: ${DEFAULT-VALUE}.")
  private long seed;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "Worker threads; default: ${DEFAULT-VALUE}. With one, equal seeds give equal losses; more"
              + " gain little on matrices of this size.")
  private int threads = 1;

  @Option(
      names = "--steps-scale",
      paramLabel = "X",
      description = "Multiplies the steps of every stage, to try things out; default: 1.")
  private double stepsScale = 1;

  @Option(
      names = "--until",
      paramLabel = "STAGE",
      description =
          "End after this stage: tower, language, alignment, instruction or vqa; default: vqa.")
  private String until = DemoStage.VQA.id();

  @Option(names = "--no-progress", description = "Print only warnings and the result.")
  private boolean noProgress;

  @Override
  public Integer call() throws IOException {
    CommandSpec command = Required.value(spec, "spec");
    PrintWriter err = command.commandLine().getErr();
    DemoTrainingConfig config = config(command);
    try (StageProgress progress = new StageProgress(err, !noProgress)) {
      Path result = DemoTraining.run(config, () -> TrainCommand.provider().create(), progress);
      command.commandLine().getOut().println(result);
    }
    return 0;
  }

  private DemoTrainingConfig config(CommandSpec command) {
    try {
      return DemoTrainingConfig.of(UserPath.of(Required.value(output, "--output")))
          .withSeed(seed)
          .withThreads(threads)
          .withStepsScale(stepsScale)
          .withLastStage(DemoStage.named(until));
    } catch (IllegalArgumentException e) {
      throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
    }
  }

  /** Shows each stage's progress under its name. */
  private static final class StageProgress implements DemoTrainingListener, AutoCloseable {
    private final PrintWriter err;
    private final boolean shown;
    private @Nullable TrainingProgress stage;

    StageProgress(PrintWriter err, boolean shown) {
      this.err = err;
      this.shown = shown;
    }

    @Override
    public TrainingListener started(DemoStage next) {
      said(next.id() + ": " + next.purpose());
      try {
        close();
        stage = new TrainingProgress(err, shown, null);
        return stage;
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public void finished(DemoStage done, double seconds) {
      said(String.format(Locale.ROOT, "%s: done in %.0f s", done.id(), seconds));
    }

    @Override
    public void skipped(DemoStage done) {
      said(done.id() + ": done by an earlier run");
    }

    @Override
    public void said(String message) {
      if (shown) {
        err.println(message);
      }
    }

    @Override
    public void close() throws IOException {
      if (stage != null) {
        stage.close();
      }
    }
  }
}
