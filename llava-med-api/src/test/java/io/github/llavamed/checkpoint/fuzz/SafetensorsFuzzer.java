package io.github.llavamed.checkpoint.fuzz;

/** Entry point for fuzzers: bytes as a safetensors file. */
public final class SafetensorsFuzzer {
  private SafetensorsFuzzer() {}

  /** Reads the bytes; any exception but a refusal is a finding. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    HostileFile.isReadable(bytes, ".safetensors");
  }
}
