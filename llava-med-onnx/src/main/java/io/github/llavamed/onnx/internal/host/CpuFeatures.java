package io.github.llavamed.onnx.internal.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/**
 * The instructions of the processor as the operating system names them.
 *
 * @param architecture as in {@code os.arch}
 * @param model name of the processor, maybe empty
 * @param flags names of instruction sets; empty where the system does not tell
 */
public record CpuFeatures(String architecture, String model, Set<String> flags) {
  private static final Path CPUINFO = Path.of("/proc/cpuinfo");

  /** Copies the set. */
  public CpuFeatures {
    flags = Set.copyOf(flags);
  }

  /** Returns what the system tells of this machine. */
  public static CpuFeatures current() {
    String architecture = System.getProperty("os.arch", "");
    try {
      return parse(architecture, Files.readAllLines(CPUINFO));
    } catch (IOException e) {
      return new CpuFeatures(architecture, "", Set.of()); // Not Linux.
    }
  }

  /** Reads lines of {@code /proc/cpuinfo}; the first processor counts. */
  static CpuFeatures parse(String architecture, List<String> lines) {
    String model = "";
    Set<String> flags = new TreeSet<>();
    for (String line : lines) {
      int colon = line.indexOf(':');
      if (colon < 0) {
        continue;
      }
      String key = line.substring(0, colon).strip().toLowerCase(Locale.ROOT);
      String value = line.substring(colon + 1).strip();
      if (key.equals("model name") && model.isEmpty()) {
        model = value;
      } else if ((key.equals("flags") || key.equals("features")) && flags.isEmpty()) {
        flags.addAll(List.of(value.toLowerCase(Locale.ROOT).split("\\s+")));
      }
    }
    return new CpuFeatures(architecture, model, flags);
  }

  /** Returns whether this is an x86 processor. */
  public boolean isX86() {
    return Set.of("amd64", "x86_64", "x86", "i386").contains(architecture);
  }

  /** Returns whether it multiplies bytes and adds them in 32 bits in one instruction. */
  public boolean hasByteDotProduct() {
    return isX86()
        ? flags.contains("avx512_vnni") || flags.contains("avx_vnni") || flags.contains("amx_int8")
        : flags.contains("asimddp");
  }

  /**
   * Returns whether products of bytes may be added in 16 bits on the way, as x86 processors without
   * a byte dot product do; assumed where the system does not tell.
   */
  public boolean mayAddBytesIn16Bits() {
    return isX86() && !hasByteDotProduct();
  }

  /** Returns whether integer kernels find vector instructions; assumed where it is not known. */
  public boolean hasVectorIntegers() {
    return !isX86() || flags.isEmpty() || flags.contains("avx2");
  }
}
