package io.github.llavamed;

import io.github.llavamed.inference.BackendReport;
import io.github.llavamed.internal.CpuClass;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;

/**
 * What this library, this Java and this machine offer: the table for a bug report.
 *
 * @param libraryVersion version of the library's jar, or {@code development build}
 * @param java the Java virtual machine
 * @param machine operating system, processor and memory
 * @param backends every backend on the class path with its status, best first
 */
public record Diagnosis(
    String libraryVersion, JavaRuntime java, Machine machine, List<BackendReport> backends) {
  /** Copies the list. */
  public Diagnosis {
    backends = List.copyOf(backends);
  }

  /**
   * The Java virtual machine.
   *
   * @param version of the runtime
   * @param name of the virtual machine and its vendor
   * @param maxHeapBytes largest size of its heap
   */
  public record JavaRuntime(String version, String name, long maxHeapBytes) {}

  /**
   * Operating system, processor and memory.
   *
   * @param operatingSystem name and version
   * @param architecture as Java names it
   * @param processor model name, or {@code unknown}
   * @param processors number that this process may use
   * @param cpuFeatures instruction sets that matter for inference, as the system names them; empty
   *     where the system does not tell
   * @param memoryBytes physical memory that this process may use, if known
   */
  public record Machine(
      String operatingSystem,
      String architecture,
      String processor,
      int processors,
      List<String> cpuFeatures,
      OptionalLong memoryBytes) {
    /** Copies the list. */
    public Machine {
      cpuFeatures = List.copyOf(cpuFeatures);
    }

    /** Returns the class of the processor by what it has for products of bytes, in a few words. */
    public String cpuClass() {
      return CpuClass.of(cpuFeatures);
    }
  }

  /** Returns the table, one fact a line, ready to be pasted into a bug report. */
  public String toText() {
    StringBuilder text = new StringBuilder();
    line(text, "llava-med", libraryVersion);
    line(text, "java", java.version() + ", " + java.name());
    line(text, "heap", mebibytes(java.maxHeapBytes()) + " at most");
    line(text, "system", machine.operatingSystem() + ", " + machine.architecture());
    line(text, "processor", machine.processor() + ", " + machine.processors() + " usable");
    line(
        text,
        "cpu features",
        machine.cpuFeatures().isEmpty() ? "unknown" : String.join(" ", machine.cpuFeatures()));
    line(text, "cpu class", machine.cpuClass());
    line(
        text,
        "memory",
        machine.memoryBytes().isPresent()
            ? mebibytes(machine.memoryBytes().getAsLong())
            : "unknown");
    if (backends.isEmpty()) {
      line(text, "backends", "none on the class path");
    }
    for (BackendReport backend : backends) {
      line(text, "backend", describe(backend));
      if (backend.advice() != null) {
        line(text, "precision", backend.id() + ": " + backend.advice());
      }
    }
    return text.toString();
  }

  /** Returns {@link #toText()}. */
  @Override
  public String toString() {
    return toText();
  }

  private static String describe(BackendReport backend) {
    String place = backend.location() == null ? "" : ", from " + backend.location();
    return "%s: %s: %s (priority %d%s)"
        .formatted(
            backend.id(),
            backend.status().available() ? "available" : "not available",
            backend.status().detail(),
            backend.priority(),
            place);
  }

  private static String mebibytes(long bytes) {
    return String.format(Locale.ROOT, "%d MiB", bytes >> 20);
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-14s%s%n", name, value));
  }
}
