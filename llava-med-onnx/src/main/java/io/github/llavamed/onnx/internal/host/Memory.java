package io.github.llavamed.onnx.internal.host;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;

/** The memory that a process may still take. */
public final class Memory {
  private static final Path MEMINFO = Path.of("/proc/meminfo");
  private static final Path LIMIT = Path.of("/sys/fs/cgroup/memory.max");
  private static final Path USED = Path.of("/sys/fs/cgroup/memory.current");
  private static final Path STATISTICS = Path.of("/sys/fs/cgroup/memory.stat");

  private Memory() {}

  /**
   * Returns the bytes that are available: what the system can give without swapping, and no more
   * than the container's limit leaves; nothing where the system does not tell.
   */
  public static OptionalLong available() {
    OptionalLong system = field(MEMINFO, "MemAvailable:", 1024);
    OptionalLong limit = number(LIMIT);
    OptionalLong used = number(USED);
    if (limit.isEmpty() || used.isEmpty()) {
      return system;
    }
    // File pages count as used, but are given back on demand.
    long cached = field(STATISTICS, "inactive_file", 1).orElse(0);
    long left = Math.max(0, limit.getAsLong() - used.getAsLong() + cached);
    return OptionalLong.of(Math.min(left, system.orElse(Long.MAX_VALUE)));
  }

  /**
   * Returns the bytes that Java's direct buffers may still take: the limit of {@code
   * -XX:MaxDirectMemorySize}, by default that of the heap, less what they take now.
   */
  public static long unusedDirect() {
    HotSpotDiagnosticMXBean machine =
        ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
    long set = Long.parseLong(machine.getVMOption("MaxDirectMemorySize").getValue());
    long limit = set == 0 ? Runtime.getRuntime().maxMemory() : set;
    long used =
        ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
            .filter(pool -> pool.getName().equals("direct"))
            .mapToLong(BufferPoolMXBean::getMemoryUsed)
            .sum();
    return Math.max(0, limit - used);
  }

  private static OptionalLong field(Path file, String name, long unit) {
    try {
      return Files.readAllLines(file).stream()
          .map(line -> line.strip().split("\\s+"))
          .filter(parts -> parts.length > 1 && parts[0].equals(name))
          .mapToLong(parts -> Long.parseLong(parts[1]) * unit)
          .findFirst();
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty(); // Not Linux.
    }
  }

  private static OptionalLong number(Path file) {
    try {
      return OptionalLong.of(Long.parseLong(Files.readString(file).strip()));
    } catch (IOException | NumberFormatException e) {
      return OptionalLong.empty(); // No container, or no limit ("max").
    }
  }
}
