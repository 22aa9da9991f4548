package io.github.llavamed.cli;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.conversation.Release;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.generation.AnswerFiles;
import io.github.llavamed.eval.generation.AnswerGeneration;
import io.github.llavamed.eval.generation.AnswerListener;
import io.github.llavamed.eval.generation.AnswerProgram;
import io.github.llavamed.eval.generation.AnswerRecipe;
import io.github.llavamed.eval.generation.ChunkedGeneration;
import io.github.llavamed.eval.generation.ModelFacts;
import io.github.llavamed.eval.generation.ModelNames;
import io.github.llavamed.eval.generation.QuestionAnswerer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Runs an answer generating program over a file of questions. */
final class AnswerFileRun {
  private final CommandSpec command;
  private final ModelChoice modelChoice;
  private final AnswerRecipe recipe;
  private final EvaluationOptions options;
  private final String modelId;
  private final boolean showsProgress;
  private final Random random = new Random();

  AnswerFileRun(
      CommandSpec command,
      ModelChoice modelChoice,
      TokenChoice tokens,
      AnswerProgram program,
      boolean answerPrompter,
      boolean showsProgress)
      throws IOException {
    this.command = command;
    this.modelChoice = modelChoice;
    this.showsProgress = showsProgress;
    String name = modelChoice.name(command);
    ModelFamily family = modelChoice.family(command);
    this.options = tokens.options();
    this.recipe = tokens.recipe(command, program, family, answerPrompter);
    // v1.5 names models by the end of their path, v1.0 by the path as typed.
    this.modelId = recipe.release() == Release.V1_5 ? ModelNames.fromPath(name) : name;
  }

  void run(AnswerFiles files) throws IOException {
    try (LazyAnswerer model = new LazyAnswerer(() -> modelChoice.load(command));
        ProgressReport progress = progress()) {
      generation(model, progress, facts(model)).run(files);
    }
  }

  /** Reads the model's files once, however many chunks ask. */
  private ModelFacts.Source facts(LazyAnswerer model) {
    return new ModelFacts.Source() {
      private @Nullable ModelFacts known;

      @Override
      public synchronized ModelFacts facts() throws IOException {
        if (known == null) {
          known = ModelFacts.of(model.model(), modelChoice.directory(command));
        }
        return known;
      }
    };
  }

  /**
   * Answers all chunks side by side and merges them.
   *
   * @param devices one model is loaded on each and serves every so many chunks; empty for one model
   */
  void runChunks(AnswerFiles files, List<String> devices) throws IOException {
    List<@Nullable String> places = new ArrayList<>(devices);
    if (places.isEmpty()) {
      places.add(modelChoice.device());
    }
    List<LazyAnswerer> models = new ArrayList<>();
    for (String device : places) {
      models.add(new LazyAnswerer(() -> modelChoice.load(command, device)));
    }
    try (ProgressReport progress = progress()) {
      ChunkProgress sum = new ChunkProgress(progress, files.numChunks());
      ModelFacts.Source facts = facts(models.get(0));
      new ChunkedGeneration(k -> generation(models.get(k % models.size()), sum.chunk(k), facts))
          .run(files);
    } finally {
      models.forEach(LazyAnswerer::close);
    }
  }

  private ProgressReport progress() {
    return new ProgressReport(command.commandLine().getErr(), showsProgress);
  }

  private AnswerGeneration generation(
      QuestionAnswerer model, AnswerListener listener, ModelFacts.Source facts) {
    return new AnswerGeneration(model, recipe, modelId, options, random, listener)
        .withModelFacts(facts);
  }

  /** Adds up the progress of chunks that run side by side; speaks when all have begun. */
  private static final class ChunkProgress {
    private final AnswerListener listener;
    private final int[] done;
    private final int[] total;
    private int begun;

    ChunkProgress(AnswerListener listener, int chunks) {
      this.listener = listener;
      this.done = new int[chunks];
      this.total = new int[chunks];
    }

    AnswerListener chunk(int index) {
      boolean[] first = {true};
      return (nowDone, ofTotal) -> {
        synchronized (this) {
          begun += first[0] ? 1 : 0;
          first[0] = false;
          done[index] = nowDone;
          total[index] = ofTotal;
          if (begun == done.length) {
            listener.onProgress(sum(done), sum(total));
          }
        }
      };
    }

    private static int sum(int[] values) {
      return Arrays.stream(values).sum();
    }
  }
}
