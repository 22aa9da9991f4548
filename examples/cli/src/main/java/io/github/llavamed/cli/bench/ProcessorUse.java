package io.github.llavamed.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/** Tells how much of the processors other programs used in a stretch of time, on Linux. */
final class ProcessorUse {
  private static final Path STAT = Path.of("/proc/stat");

  /** Columns of {@code /proc/stat} that are time without work: idle and waiting for disks. */
  private static final int IDLE = 3;

  private static final int WAITING = 4;

  /** Later columns are parts of earlier ones. */
  private static final int COLUMNS = 8;

  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final long @Nullable [] ticks = ticks();
  private final long wall = System.nanoTime();
  private final long own = system.getProcessCpuTime();

  /** Returns the system's load average of the last minute. */
  static OptionalDouble loadAverage() {
    double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
    return load < 0 ? OptionalDouble.empty() : OptionalDouble.of(load);
  }

  /** Returns the part of all processors used by others since this was made, 0 … 1, or null. */
  @Nullable Double others() {
    long[] before = ticks;
    long[] now = ticks();
    if (before == null || now == null) {
      return null;
    }
    double all = 0;
    double busy = 0;
    for (int i = 0; i < COLUMNS; i++) {
      long passed = now[i] - before[i];
      all += passed;
      busy += i == IDLE || i == WAITING ? 0 : passed;
    }
    double available = (System.nanoTime() - wall) * (double) system.getAvailableProcessors();
    double ownShare = (system.getProcessCpuTime() - own) / available;
    return all == 0 ? null : Math.max(0, busy / all - ownShare);
  }

  private static long @Nullable [] ticks() {
    try {
      String first =
          Files.readString(STAT, StandardCharsets.US_ASCII).lines().findFirst().orElse("");
      long[] values =
          Arrays.stream(first.split("\\s+"))
              .skip(1)
              .limit(COLUMNS)
              .mapToLong(Long::parseLong)
              .toArray();
      return values.length == COLUMNS ? values : null;
    } catch (IOException e) {
      return null;
    }
  }
}
