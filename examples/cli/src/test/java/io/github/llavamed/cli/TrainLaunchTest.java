package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.cli.CliRunner.Outcome;
import io.github.llavamed.testing.GoldenFolder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that one command starts. */
@EnabledOnOs(OS.LINUX) // libtorch's helpers for Gloo exist there alone
class TrainLaunchTest {
  private static final Path TRAIN = GoldenFolder.committed("train");

  @TempDir Path directory;

  private String[] command(int steps, String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "train",
                "--model_name_or_path",
                TRAIN.resolve("ckpt/start").toString(),
                "--vision_tower",
                TRAIN.resolve("tower/clip28").toString(),
                "--data_path",
                TRAIN.resolve("data/alignment.json").toString(),
                "--image_folder",
                TRAIN.resolve("data/images").toString(),
                "--mm_vision_select_layer",
                "-2",
                "--mm_use_im_start_end",
                "True",
                "--model_max_length",
                "256",
                "--per_device_train_batch_size",
                "1",
                "--save_steps",
                "2",
                "--output_dir",
                directory.toString(),
                "--max_steps",
                String.valueOf(steps)));
    args.addAll(List.of(more));
    return args.toArray(new String[0]);
  }

  private static List<ProcessHandle> workers() {
    return ProcessHandle.current().children().filter(ProcessHandle::isAlive).toList();
  }

  private static ProcessHandle worker(int rank) throws Exception {
    for (ProcessHandle child : workers()) {
      String environment = Files.readString(Path.of("/proc/" + child.pid() + "/environ"));
      if (List.of(environment.split("\0")).contains("RANK=" + rank)) {
        return child;
      }
    }
    throw new AssertionError("no worker has rank " + rank);
  }

  @Test
  void endsAllWhenAWorkerIsKilledAndGoesOnFromTheLastCheckpoint() throws Exception {
    String[] two =
        command(
            100_000,
            "--nproc-per-node",
            "2",
            "--fsdp",
            "full_shard auto_wrap",
            "--fsdp_transformer_layer_cls_to_wrap",
            "LlamaDecoderLayer");
    CompletableFuture<Outcome> running = CompletableFuture.supplyAsync(() -> CliRunner.run(two));
    while (!Files.exists(directory.resolve("checkpoint-4")) && !running.isDone()) {
      Thread.sleep(20);
    }
    assertThat(running.isDone()).as("ended by itself").isFalse();
    worker(1).destroyForcibly();

    Outcome outcome = running.get(30, TimeUnit.SECONDS);

    assertThat(workers()).isEmpty();
    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err().lines().filter(line -> line.startsWith("error: ")))
        .singleElement()
        .asString()
        .contains("rank 1", "SIGKILL");
    assertThat(outcome.err()).contains("[rank 0] ").doesNotContain("[rank 1] step");

    Outcome alone = CliRunner.run(command(6, "--threads", "1"));
    assertThat(alone.code()).as(alone.err()).isZero();
    assertThat(alone.err()).doesNotContain("passed over").contains("made by 2 processes");
  }

  @Test
  void refusesToLaunchInsideALauncherOrWithoutAMeetingPlace() {
    Outcome noMaster = CliRunner.run(command(1, "--nproc-per-node", "1", "--nnodes", "2"));
    Outcome none = CliRunner.run(command(1, "--nproc-per-node", "0"));

    assertThat(noMaster.code()).isNotZero();
    assertThat(noMaster.err()).contains("--master-addr");
    assertThat(none.code()).isNotZero();
    assertThat(none.err()).contains("--nproc-per-node");
  }
}
