package io.github.llavamed.inference;

/**
 * The library that a backend computes with. Immutable.
 *
 * @param name for example {@code ONNX Runtime}
 * @param version as the library itself states it
 */
public record BackendRuntime(String name, String version) {
  /** Returns name and version, for example {@code ONNX Runtime 1.28.0}. */
  @Override
  public String toString() {
    return name + " " + version;
  }
}
