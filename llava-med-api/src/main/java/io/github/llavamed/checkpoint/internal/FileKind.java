package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.CheckpointRule;
import io.github.llavamed.checkpoint.MalformedCheckpointException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** The containers of tensors, told apart by the extension. */
public enum FileKind {
  /** safetensors. */
  SAFETENSORS,
  /** torch archives. */
  TORCH;

  private static final String SAFETENSORS_EXTENSION = ".safetensors";
  private static final List<String> TORCH_EXTENSIONS = List.of(".bin", ".pt", ".pth", ".ckpt");

  /** Returns the kind of a weight file by its name. */
  public static Optional<FileKind> of(String fileName) {
    if (fileName.endsWith(SAFETENSORS_EXTENSION)) {
      return Optional.of(SAFETENSORS);
    }
    return TORCH_EXTENSIONS.stream().anyMatch(fileName::endsWith)
        ? Optional.of(TORCH)
        : Optional.empty();
  }

  /** Returns the kind of the shards of an index by its name. */
  public static Optional<FileKind> ofIndex(String fileName) {
    String suffix = ".index.json";
    return fileName.endsWith(suffix)
        ? of(fileName.substring(0, fileName.length() - suffix.length()))
        : Optional.empty();
  }

  /**
   * Opens a weight file of any kind.
   *
   * @throws IOException if it cannot be read
   * @throws MalformedCheckpointException if it breaks a rule of its format
   */
  public static TensorFile open(Path path, CheckpointLimits limits) throws IOException {
    MappedFile file = MappedFile.open(path);
    String name = path.getFileName().toString();
    FileKind kind =
        of(name)
            .orElseThrow(
                () ->
                    new MalformedCheckpointException(
                        path, CheckpointRule.FILE_TYPE, "", "one of these", "'" + name + "'"));
    FileSignature.rejectStandIns(file);
    if (kind == SAFETENSORS) {
      return SafetensorsReader.read(file, limits);
    }
    FileSignature.rejectLegacyTorch(file);
    return TorchReader.read(file, limits);
  }
}
