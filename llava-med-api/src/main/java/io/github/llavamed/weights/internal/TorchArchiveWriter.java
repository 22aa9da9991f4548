package io.github.llavamed.weights.internal;

import io.github.llavamed.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * Writes one torch archive: a pickled dictionary of tensors and an entry per tensor.
 *
 * <p>Byte for byte what {@code torch.save} of torch 2.2 writes for a dictionary of contiguous
 * tensors, but for the entry {@code .data/serialization_id}, which readers do not need. Tensors
 * come in the declared order and in full. Confined to one thread.
 */
final class TorchArchiveWriter implements AutoCloseable {
  private final StoredZip zip;
  private final List<TensorSpec> tensors;
  private final String folder;
  private int next;
  private long left;

  private TorchArchiveWriter(StoredZip zip, String folder, List<TensorSpec> tensors) {
    this.zip = zip;
    this.folder = folder;
    this.tensors = List.copyOf(tensors);
  }

  /**
   * Creates the file and writes its description.
   *
   * @throws java.nio.file.FileAlreadyExistsException if it exists
   * @throws IllegalArgumentException if torch has no storage of a tensor's type
   */
  static TorchArchiveWriter create(Path file, List<TensorSpec> tensors) throws IOException {
    byte[] pickle = StateDictPickle.of(tensors);
    String name = file.getFileName().toString();
    int dot = name.lastIndexOf('.');
    String folder = (dot > 0 ? name.substring(0, dot) : name) + "/";
    StoredZip zip = StoredZip.create(file);
    TorchArchiveWriter writer = new TorchArchiveWriter(zip, folder, tensors);
    writer.small("data.pkl", pickle);
    writer.small("byteorder", "little".getBytes(StandardCharsets.US_ASCII));
    return writer;
  }

  /**
   * Appends bytes to a tensor.
   *
   * @throws IllegalStateException if another tensor's turn it is
   */
  void append(String name, ByteBuffer bytes) throws IOException {
    while (left == 0) {
      begin(name);
    }
    TensorSpec current = tensors.get(next - 1);
    if (!current.name().equals(name) || bytes.remaining() > left) {
      throw new IllegalStateException(
          "expected %d more bytes of tensor '%s', found %d of '%s'"
              .formatted(left, current.name(), bytes.remaining(), name));
    }
    left -= bytes.remaining();
    zip.write(bytes);
    if (left == 0) {
      zip.endEntry();
    }
  }

  /** Begins the next tensor; empty ones have no bytes and end at once. */
  private void begin(String name) throws IOException {
    if (next == tensors.size()) {
      throw new IllegalStateException("tensor '" + name + "': all tensors are complete");
    }
    TensorSpec tensor = tensors.get(next);
    zip.beginEntry(folder + "data/" + next, tensor.byteSize());
    next++;
    left = tensor.byteSize();
    if (left == 0) {
      zip.endEntry();
    }
  }

  /**
   * Completes the file and forces it to the disk.
   *
   * @throws IllegalStateException if a tensor is not complete
   */
  void finish() throws IOException {
    while (left == 0 && next < tensors.size() && tensors.get(next).byteSize() == 0) {
      begin(tensors.get(next).name());
    }
    if (left > 0 || next < tensors.size()) {
      throw new IllegalStateException(
          "%d of %d tensors are complete".formatted(left > 0 ? next - 1 : next, tensors.size()));
    }
    small("version", "3\n".getBytes(StandardCharsets.US_ASCII));
    zip.finish();
  }

  private void small(String name, byte[] content) throws IOException {
    zip.beginEntry(folder + name, content.length);
    zip.write(ByteBuffer.wrap(content));
    zip.endEntry();
  }

  @Override
  public void close() throws IOException {
    zip.close();
  }
}
