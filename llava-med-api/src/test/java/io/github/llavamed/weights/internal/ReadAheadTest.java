package io.github.llavamed.weights.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.weights.TensorAction;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class ReadAheadTest {
  private static final int COLUMNS = 1 << 20; // 2 MiB a row
  private static final long MEGABYTE = 1 << 20;

  /** A tensor without elements that notes what is fetched, and fails where it is told to. */
  private static final class Noted implements TensorData {
    private final TensorInfo info;
    private final long failsFrom;
    private final List<long[]> ranges = new ArrayList<>();

    Noted(String name, long rows, long failsFrom) {
      this.info = new TensorInfo(name, DType.F16, Shape.of(rows, COLUMNS), Path.of("none"));
      this.failsFrom = failsFrom;
    }

    @Override
    public TensorInfo info() {
      return info;
    }

    @Override
    public synchronized void prefetch(long byteOffset, long length) {
      if (byteOffset >= failsFrom) {
        throw new IllegalStateException("unreadable");
      }
      ranges.add(new long[] {byteOffset, byteOffset + length});
      notifyAll();
    }

    /** Waits until everything before an offset is fetched, and returns where fetching ended. */
    synchronized long awaitFetched(long bytes) throws InterruptedException {
      while (end() < bytes) {
        wait();
      }
      return end();
    }

    private long end() {
      long end = 0;
      for (long[] range : ranges) {
        assertThat(range[0]).as("no gap").isLessThanOrEqualTo(end);
        end = range[1];
      }
      return end;
    }

    @Override
    public void readBytes(long byteOffset, ByteBuffer target) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void readFloats(long elementOffset, float[] target, int targetOffset, int count) {
      throw new UnsupportedOperationException();
    }
  }

  private final Noted source = new Noted("source", 100, Long.MAX_VALUE);
  private final Noted base = new Noted("base", 98, Long.MAX_VALUE);
  private final Noted next = new Noted("next", 3, Long.MAX_VALUE);

  @Test
  void fetchesAllInputsInOrderAsTheOutputGrows() throws InterruptedException {
    try (ReadAhead ahead = ReadAhead.of(List.of(sum(source, base), sum(next, next)))) {
      for (long done = 0; done <= 206 * MEGABYTE; done += MEGABYTE) {
        ahead.reached(done);
      }
      assertThat(source.awaitFetched(200 * MEGABYTE)).isEqualTo(200 * MEGABYTE);
      assertThat(base.awaitFetched(196 * MEGABYTE)).isEqualTo(196 * MEGABYTE);
      assertThat(next.awaitFetched(6 * MEGABYTE)).isEqualTo(6 * MEGABYTE);
    }
  }

  @Test
  void staysNearTheOutputAndEndsWhenClosed() throws InterruptedException {
    try (ReadAhead ahead = ReadAhead.of(List.of(sum(source, base)))) {
      ahead.reached(10 * MEGABYTE);
      source.awaitFetched(70 * MEGABYTE);
    }
    assertThat(source.awaitFetched(0)).isLessThanOrEqualTo(90 * MEGABYTE);
  }

  @Test
  void fetchesNothingMoreOnceAnInputFails() throws InterruptedException {
    Noted failing = new Noted("failing", 100, 8 * MEGABYTE);
    try (ReadAhead ahead = ReadAhead.of(List.of(sum(failing, base), sum(next, next)))) {
      ahead.reached(200 * MEGABYTE);
      failing.awaitFetched(8 * MEGABYTE);
    }
    assertThat(next.awaitFetched(0)).isZero();
  }

  private static TensorRecipe sum(TensorData source, TensorData base) {
    return new SumRecipe(
        source, base, TensorAction.ADDED, new Arithmetic(DType.F16, new HalfPrecision()));
  }
}
