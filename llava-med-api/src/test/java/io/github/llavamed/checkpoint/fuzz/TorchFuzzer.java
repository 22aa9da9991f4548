package io.github.llavamed.checkpoint.fuzz;

/** Entry point for fuzzers: bytes as a torch archive. */
public final class TorchFuzzer {
  private TorchFuzzer() {}

  /** Reads the bytes; any exception but a refusal is a finding. */
  public static void fuzzerTestOneInput(byte[] bytes) {
    HostileFile.isReadable(bytes, ".bin");
  }
}
