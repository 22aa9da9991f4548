package io.github.llavamed.internal;

import io.github.llavamed.Diagnosis;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/** Asks Java and the operating system what they are; never fails. */
public final class SystemInspection {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** Names in the flags of x86 and the features of ARM that kernels of the backends use. */
  private static final List<String> RELEVANT_FEATURES =
      List.of(
          "sse4_2",
          "avx",
          "avx2",
          "fma",
          "f16c",
          "avx_vnni",
          "avx512f",
          "avx512bw",
          "avx512vl",
          "avx512_vnni",
          "avx512_bf16",
          "avx512_fp16",
          "amx_tile",
          "amx_int8",
          "amx_bf16",
          "asimd",
          "asimdhp",
          "asimddp",
          "i8mm",
          "bf16",
          "sve",
          "sve2");

  private SystemInspection() {}

  /** Returns the version in the manifest of the library's jar. */
  public static String libraryVersion() {
    String version = Diagnosis.class.getPackage().getImplementationVersion();
    return version == null ? "development build" : version;
  }

  /** Returns what the Java virtual machine is. */
  public static Diagnosis.JavaRuntime java() {
    return new Diagnosis.JavaRuntime(
        Runtime.version().toString(),
        property("java.vm.name") + " of " + property("java.vm.vendor"),
        Runtime.getRuntime().maxMemory());
  }

  /** Returns what the machine is. */
  public static Diagnosis.Machine machine() {
    return machine(readIfPresent(CPU_INFO));
  }

  /** Returns what the machine is, given the text of {@code /proc/cpuinfo}, maybe empty. */
  public static Diagnosis.Machine machine(String cpuInfo) {
    List<String> flags =
        Arrays.asList((value(cpuInfo, "flags") + " " + value(cpuInfo, "Features")).split(" "));
    String model = value(cpuInfo, "model name");
    return new Diagnosis.Machine(
        property("os.name") + " " + property("os.version"),
        property("os.arch"),
        model.isEmpty() ? "unknown" : model,
        Runtime.getRuntime().availableProcessors(),
        RELEVANT_FEATURES.stream().filter(flags::contains).toList(),
        memory());
  }

  private static OptionalLong memory() {
    return ManagementFactory.getOperatingSystemMXBean()
            instanceof com.sun.management.OperatingSystemMXBean system
        ? OptionalLong.of(system.getTotalMemorySize())
        : OptionalLong.empty();
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }

  /** Returns the value of the first line {@code name : value}, or nothing. */
  private static String value(String cpuInfo, String name) {
    return cpuInfo
        .lines()
        .filter(line -> line.startsWith(name) && line.contains(":"))
        .filter(line -> line.substring(0, line.indexOf(':')).strip().equals(name))
        .map(line -> line.substring(line.indexOf(':') + 1).strip())
        .findFirst()
        .orElse("");
  }

  private static String readIfPresent(Path file) {
    try {
      return Files.isReadable(file) ? Files.readString(file, StandardCharsets.UTF_8) : "";
    } catch (IOException e) {
      return "";
    }
  }
}
