package io.github.llavamed.checkpoint;

import java.util.Map;

/** Named tensors, whatever they are stored in. */
public interface TensorSource {
  /** Returns the tensors by name, in the order of the source. */
  Map<String, TensorInfo> tensors();

  /**
   * Returns the data of a tensor.
   *
   * @throws IllegalArgumentException if there is none of that name
   */
  TensorData tensor(String name);
}
