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
  SAFETENSORS(List.of(".safetensors"), ".safetensors.index.json"),
  /** torch archives. */
  TORCH(List.of(".bin", ".pt", ".pth", ".ckpt"), ".bin.index.json");

  private final List<String> extensions;
  private final String indexSuffix;

  FileKind(List<String> extensions, String indexSuffix) {
    this.extensions = extensions;
    this.indexSuffix = indexSuffix;
  }

  /** Returns the kind of a weight file by its name. */
  public static Optional<FileKind> of(String fileName) {
    for (FileKind kind : values()) {
      if (kind.extensions.stream().anyMatch(fileName::endsWith)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /** Returns the kind of the shards of an index by its name. */
  public static Optional<FileKind> ofIndex(String fileName) {
    for (FileKind kind : values()) {
      if (fileName.endsWith(kind.indexSuffix)) {
        return Optional.of(kind);
      }
    }
    return Optional.empty();
  }

  /**
   * Opens a weight file of any kind.
   *
   * @throws IOException if it cannot be read
   * @throws MalformedCheckpointException if it breaks a rule of its format
   */
  public static TensorFile open(Path path, CheckpointLimits limits) throws IOException {
    String name = path.getFileName().toString();
    FileKind kind =
        of(name)
            .orElseThrow(
                () ->
                    new MalformedCheckpointException(
                        path, CheckpointRule.FILE_TYPE, "", "one of these", "'" + name + "'"));
    MappedFile file = MappedFile.open(path);
    FileSignature.rejectStandIns(file);
    if (kind == SAFETENSORS) {
      return SafetensorsReader.read(file, limits);
    }
    FileSignature.rejectLegacyTorch(file);
    return TorchReader.read(file, limits);
  }
}
