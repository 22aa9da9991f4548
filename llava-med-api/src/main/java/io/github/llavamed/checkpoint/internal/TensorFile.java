package io.github.llavamed.checkpoint.internal;

import io.github.llavamed.checkpoint.TensorData;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One opened file: its tensors by name in file order, and its metadata.
 *
 * @param bytes the mapped file, which this record owns
 * @param tensors the tensors, in the order of their data (safetensors) or of the dictionary (torch)
 * @param metadata the free-form strings of the file, empty for torch files
 */
public record TensorFile(
    MappedFile bytes, Map<String, TensorData> tensors, Map<String, String> metadata)
    implements AutoCloseable {
  /** Copies the maps, order kept. */
  public TensorFile {
    tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
    metadata = Collections.unmodifiableMap(new LinkedHashMap<>(metadata));
  }

  @Override
  public void close() {
    bytes.close();
  }
}
