package io.github.llavamed.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class BatchRunTest {
  private static final List<Integer> ITEMS = IntStream.range(0, 40).boxed().toList();

  @Test
  void keepsTheOrderAndTheBound() throws IOException {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<Integer> results =
        new BatchRun<Integer, Integer>(
                ITEMS,
                (item, stopped) -> {
                  most.accumulateAndGet(running.incrementAndGet(), Math::max);
                  Thread.onSpinWait();
                  running.decrementAndGet();
                  return item * item;
                })
            .run(3);

    assertThat(results).isEqualTo(ITEMS.stream().map(i -> i * i).toList());
    assertThat(most.get()).isBetween(1, 3);
  }

  @Test
  void beginsInOrder() throws IOException {
    List<Integer> begun = Collections.synchronizedList(new ArrayList<>());
    new BatchRun<Integer, Integer>(
            ITEMS,
            (item, stopped) -> {
              begun.add(item);
              return item;
            })
        .run(1);

    assertThat(begun).isEqualTo(ITEMS);
  }

  @Test
  void theFirstFailureReachesTheCallerAndEndsTheRest() {
    AtomicInteger begun = new AtomicInteger();
    BatchRun<Integer, Integer> run =
        new BatchRun<>(
            ITEMS,
            (item, stopped) -> {
              begun.incrementAndGet();
              if (item == 5) {
                throw new IOException("item 5");
              }
              return item;
            });

    assertThatThrownBy(() -> run.run(1)).isInstanceOf(IOException.class).hasMessage("item 5");
    assertThat(begun).hasValue(6);
  }

  @Test
  void errorsOfThreadsReachTheCaller() {
    BatchRun<Integer, Integer> run =
        new BatchRun<>(
            ITEMS,
            (item, stopped) -> {
              throw new AssertionError("broken");
            });

    assertThatThrownBy(() -> run.run(2)).isInstanceOf(AssertionError.class).hasMessage("broken");
  }

  @Test
  void anInterruptedCallerWaitsForWhatRunsAndThenFails() throws Exception {
    CountDownLatch started = new CountDownLatch(2);
    AtomicInteger ended = new AtomicInteger();
    BatchRun<Integer, Integer> run =
        new BatchRun<>(
            ITEMS,
            (item, stopped) -> {
              started.countDown();
              while (!stopped.getAsBoolean()) {
                Thread.onSpinWait();
              }
              ended.incrementAndGet();
              return item;
            });
    List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
    Thread caller =
        new Thread(
            () -> {
              try {
                run.run(2);
              } catch (IOException e) {
                failures.add(e);
                failures.add(new Throwable(Boolean.toString(Thread.interrupted())));
              }
            });
    caller.start();
    assertThat(started.await(10, TimeUnit.SECONDS)).isTrue();

    caller.interrupt();
    caller.join(10_000);

    assertThat(ended).hasValue(2);
    assertThat(failures.get(0)).isInstanceOf(InterruptedIOException.class);
    assertThat(failures.get(1)).hasMessage("true");
  }

  @Test
  void nothingToDoIsNothing() throws IOException {
    assertThat(new BatchRun<Integer, Integer>(List.of(), (item, stopped) -> item).run(4)).isEmpty();
  }
}
