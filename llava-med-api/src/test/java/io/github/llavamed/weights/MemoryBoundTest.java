package io.github.llavamed.weights;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.github.llavamed.checkpoint.DType;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memory does not grow with the model: it is allocated per run, not per element. */
class MemoryBoundTest {
  /** Heap that a run may allocate in all, garbage included; the models have 32 MB. */
  private static final long MOST_HEAP = 6 << 20;

  /** Direct memory that a run may hold: chunks of reader and writer. */
  private static final long MOST_DIRECT = 4 << 20;

  @TempDir private Path temp;

  @ParameterizedTest
  @EnumSource(WeightsFormat.class)
  void addsInBoundedMemory(WeightsFormat format) throws IOException {
    Path base = TinyModels.llama(1, 4000, 1024).storedAs(DType.BF16).write(temp.resolve("base"));
    Path delta = TinyModels.llava(2, 4004, 1024).storedAs(DType.F16).write(temp.resolve("delta"));
    WeightsOptions options = WeightsOptions.builder().format(format).build();

    assertBounded(() -> DeltaWeights.apply(base, delta, temp.resolve("out"), options));
  }

  @Test
  void consolidatesInBoundedMemory() throws IOException {
    Path source = TinyModels.llava(1, 4000, 1024).storedAs(DType.F32).write(temp.resolve("src"));

    assertBounded(
        () -> Consolidation.consolidate(source, temp.resolve("out"), WeightsOptions.defaults()));
  }

  private interface Run {
    WeightsReport run() throws IOException;
  }

  private static void assertBounded(Run run) throws IOException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long direct = direct().getMemoryUsed();
    long heap = threads.getCurrentThreadAllocatedBytes();

    WeightsReport report = run.run();

    assertThat(report.byteSize()).isGreaterThan(32 << 20);
    assertThat(threads.getCurrentThreadAllocatedBytes() - heap).isLessThan(MOST_HEAP);
    assertThat(direct().getMemoryUsed() - direct).isLessThan(MOST_DIRECT);
  }

  private static BufferPoolMXBean direct() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .findFirst()
        .orElseThrow();
  }
}
