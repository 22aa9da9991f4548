package io.github.llavamed.cli.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** Reads this program's resident memory, on Linux. */
public final class ProcessMemory {
  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path CLEAR_REFS = Path.of("/proc/self/clear_refs");

  /** Tells the kernel to begin the peak anew; see proc(5). */
  private static final String RESET_PEAK = "5";

  private ProcessMemory() {}

  /**
   * Resident memory in bytes, empty where the system does not say.
   *
   * @param resident largest since the reset
   * @param anonymous at the end, without pages of files
   * @param sinceReset false if the peak could not be reset and is that of the whole program
   */
  public record Peak(OptionalLong resident, OptionalLong anonymous, boolean sinceReset) {}

  /** Begins a new peak and returns whether that worked. */
  static boolean resetPeak() {
    try {
      Files.writeString(CLEAR_REFS, RESET_PEAK, StandardCharsets.US_ASCII);
      return true;
    } catch (IOException e) {
      return false; // Not Linux, or not allowed: the result says so.
    }
  }

  static Peak peak(boolean sinceReset) {
    String status;
    try {
      status = Files.readString(STATUS, StandardCharsets.UTF_8);
    } catch (IOException e) {
      status = "";
    }
    return new Peak(kibibytes(status, "VmHWM:"), kibibytes(status, "RssAnon:"), sinceReset);
  }

  private static OptionalLong kibibytes(String status, String key) {
    return status
        .lines()
        .filter(line -> line.startsWith(key))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
        .findFirst();
  }
}
