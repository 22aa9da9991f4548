package io.github.llavamed.cli.bench;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;

/** Collects the times of one phase; confined to one thread. */
final class PhaseClock {
  private static final double NANOS_PER_MILLI = 1e6;

  private final OperatingSystemMXBean system =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
  private final List<Double> wall = new ArrayList<>();
  private final List<Double> cpu = new ArrayList<>();
  private long wallStart;
  private long cpuStart;

  void start() {
    cpuStart = system.getProcessCpuTime();
    wallStart = System.nanoTime();
  }

  /**
   * Ends the phase.
   *
   * @param parts what the time is divided by, for example tokens
   */
  void stop(int parts) {
    wall.add((System.nanoTime() - wallStart) / NANOS_PER_MILLI / parts);
    cpu.add((system.getProcessCpuTime() - cpuStart) / NANOS_PER_MILLI / parts);
  }

  /** Returns the last wall time in milliseconds. */
  double last() {
    return wall.get(wall.size() - 1);
  }

  /** Returns whether nothing was measured. */
  boolean isEmpty() {
    return wall.isEmpty();
  }

  /** Forgets what was measured until now. */
  void clear() {
    wall.clear();
    cpu.clear();
  }

  PhaseTime time() {
    return new PhaseTime(spread(wall), spread(cpu));
  }

  private static Spread spread(List<Double> values) {
    return Spread.of(values.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
