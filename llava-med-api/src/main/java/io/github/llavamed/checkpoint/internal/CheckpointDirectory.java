package io.github.llavamed.checkpoint.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Chooses the weight file of a checkpoint directory. */
public final class CheckpointDirectory {
  private static final Logger LOG = LoggerFactory.getLogger(CheckpointDirectory.class);

  /** Standard names, most preferred first: the order of the original libraries. */
  private static final List<String> STANDARD =
      List.of(
          "model.safetensors",
          "model.safetensors.index.json",
          "pytorch_model.bin",
          "pytorch_model.bin.index.json",
          "open_clip_model.safetensors",
          "open_clip_pytorch_model.bin");

  /** Files that training leaves beside the weights; they are opened only when asked for by name. */
  private static final List<String> NOT_THE_MODEL =
      List.of(
          "adapter_model.",
          "non_lora_trainables.",
          "mm_projector.",
          "training_args.",
          "trainer_state.",
          "optimizer.",
          "scheduler.",
          "scaler.",
          "rng_state");

  private CheckpointDirectory() {}

  /**
   * Returns the weight file or index of a directory: the first standard name that exists, otherwise
   * the only file that may hold the weights of a model.
   *
   * @throws NoSuchFileException if there is none, or several without a standard name
   */
  public static Path choose(Path directory) throws IOException {
    List<Path> standard =
        STANDARD.stream().map(directory::resolve).filter(Files::isRegularFile).toList();
    if (standard.size() > 1) {
      LOG.info("{}: {} weight files, reading {}", directory, standard.size(), standard.get(0));
    }
    if (!standard.isEmpty()) {
      return standard.get(0);
    }
    List<Path> others = others(directory);
    if (others.size() == 1) {
      return others.get(0);
    }
    throw new NoSuchFileException(
        directory.toString(),
        null,
        "expected one of %s or a single weight file, found %s; name the file itself"
            .formatted(STANDARD, others.stream().map(Path::getFileName).toList()));
  }

  private static List<Path> others(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(Files::isRegularFile).filter(CheckpointDirectory::mayBeModel).toList();
    }
  }

  private static boolean mayBeModel(Path file) {
    String name = file.getFileName().toString();
    return FileKind.of(name).isPresent()
        && !name.startsWith(".")
        && NOT_THE_MODEL.stream().noneMatch(name::startsWith);
  }
}
