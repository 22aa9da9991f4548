package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.RankContext;
import io.github.llavamed.training.TrainingConfig;
import io.github.llavamed.training.TrainingFlags;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The program of one rank: runs that it takes part in, one after the other. */
final class RankJobs {
  /** Micro-batches of a step over all ranks. */
  static final int STEP = 4;

  static final int STEPS = 6;
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * A run of several ranks.
   *
   * @param port where they meet
   * @param output the output directory
   * @param until the step after which it stops
   * @param flags settings beyond those of {@link #config}
   */
  record Job(int port, String output, long until, Map<String, String> flags) {}

  private RankJobs() {}

  /** Runs the jobs of file {@code args[2]} as rank {@code args[0]} of {@code args[1]}. */
  public static void main(String[] args) throws IOException {
    int rank = Integer.parseInt(args[0]);
    int ranks = Integer.parseInt(args[1]);
    JsonNode jobs = JSON.readTree(Path.of(args[2]).toFile());
    for (JsonNode node : jobs) {
      Job job = JSON.treeToValue(node, Job.class);
      run(job, new RankContext(rank, ranks, "127.0.0.1", job.port()));
    }
  }

  static void write(Path file, List<Job> jobs) throws IOException {
    JSON.writeValue(file.toFile(), jobs);
  }

  /** Runs a job and leaves its first gradients beside its result. */
  static void run(Job job, RankContext ranks) throws IOException {
    Path output = Path.of(job.output());
    try (TrainingRun run =
        TrainingRun.open(config(output, ranks, job.flags()), TrainingListener.NONE)) {
      run.inspect(
          new TrainingRun.Inspector() {
            @Override
            public void gradients(long step, ParamStore held) {
              if (step == 1) {
                writeGradients(gradientFile(output, ranks.rank()), held);
              }
            }
          });
      if (job.until() < STEPS) {
        run.runUntil(job.until());
      } else {
        run.run();
      }
    }
  }

  static Path gradientFile(Path output, int rank) {
    return output.resolve("gradients-" + rank + ".safetensors");
  }

  private static void writeGradients(Path file, ParamStore held) {
    List<String> names = new ArrayList<>();
    List<TensorSpec> specs = new ArrayList<>();
    for (String name : held.trainableNames()) {
      if (held.get(name).grad().defined()) {
        names.add(name);
        specs.add(TensorTransfer.spec(name, held.get(name).grad()));
      }
    }
    try {
      Files.createDirectories(file.getParent());
      try (CheckpointWriter writer = CheckpointWriter.toFile(file, specs).open()) {
        for (String name : names) {
          TensorTransfer.write(writer, name, held.get(name).grad());
        }
        writer.commit();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The same samples in each step whatever the number of ranks; clipped, with decay. */
  static TrainingConfig config(Path output, RankContext ranks, Map<String, String> flags)
      throws IOException {
    TrainingConfig.Builder builder =
        SmallRun.config(output)
            .orderFile(order(output, ranks))
            .gradientAccumulationSteps(STEP / ranks.worldSize())
            .maxSteps(STEPS)
            .maxGradNorm(0.5)
            .weightDecay(0.1)
            .ranks(ranks);
    flags.forEach((name, value) -> TrainingFlags.apply(builder, name, value));
    return builder.build();
  }

  /** Ranks take the micro-batches in turn. */
  private static Path order(Path output, RankContext ranks) throws IOException {
    List<List<Integer>> mine = new ArrayList<>();
    for (int i = ranks.rank(); i < STEP * STEPS; i += ranks.worldSize()) {
      mine.add(List.of(2 * i % 32, (2 * i + 1) % 32));
    }
    Files.createDirectories(output);
    Path file = output.resolve("order-%d-%d.json".formatted(ranks.rank(), ranks.worldSize()));
    JSON.writeValue(file.toFile(), Map.of("micro_batches", mine));
    return file;
  }
}
