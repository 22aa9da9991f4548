package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GeneratedSequence;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationListener;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.FakeModels;
import io.github.llavamed.testing.HashedLogits;
import java.io.InterruptedIOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
class RequestQueueTest {
  private final FakeBackend backend =
      FakeBackend.withLogits(
          AsciiTokenizer.SIZE,
          FakeModels.FEATURE_ROWS,
          new HashedLogits(AsciiTokenizer.SIZE, 1, AsciiTokenizer.EOS, 1));
  private final VisionLanguageModel model = FakeModels.v15(backend, 400);
  private final CountDownLatch gate = new CountDownLatch(1);

  @AfterEach
  void nothingStaysOpen() {
    gate.countDown();
    assertThat(backend.openSessions()).isZero();
    model.close();
  }

  @Test
  void eightCallersGetWhatOneCallerGets() throws Exception {
    List<List<GeneratedSequence>> serial = new ArrayList<>();
    for (int i = 0; i < 40; i++) {
      serial.add(model.generate(request(i)).sequences());
    }
    ExecutorService callers = Executors.newFixedThreadPool(8);
    try (RequestQueue queue = RequestQueue.of(model, 3, 2)) {
      List<Callable<List<GeneratedSequence>>> calls = new ArrayList<>();
      for (int i = 0; i < 40; i++) {
        GenerationRequest request = request(i);
        calls.add(() -> queue.answer(request).sequences());
      }
      List<List<GeneratedSequence>> found = new ArrayList<>();
      for (Future<List<GeneratedSequence>> future : callers.invokeAll(calls)) {
        found.add(future.get());
      }
      assertThat(found).isEqualTo(serial);
    } finally {
      callers.shutdownNow();
    }
  }

  @Test
  void runsNoMoreAtATimeThanItMay() throws Exception {
    AtomicInteger running = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    List<CompletableFuture<GenerationResult>> answers = new ArrayList<>();
    try (RequestQueue queue = RequestQueue.of(model, 2, 4)) {
      for (int i = 0; i < 12; i++) {
        GenerationRequest counted =
            GenerationRequest.question("?")
                .config(GenerationConfig.builder().maxNewTokens(1).build())
                .listener(
                    (id, text) -> {
                      most.accumulateAndGet(running.incrementAndGet(), Math::max);
                      pause();
                      running.decrementAndGet();
                    })
                .build();
        answers.add(queue.submit(counted));
      }
    }

    assertThat(answers).allMatch(CompletableFuture::isDone);
    assertThat(most.get()).isBetween(1, 2);
  }

  @Test
  void refusesWhatHasNoPlaceAndTakesItWhenThereIsOne() throws Exception {
    try (RequestQueue queue = RequestQueue.of(model, 1, 1)) {
      CompletableFuture<GenerationResult> running = queue.offer(blocked());
      CompletableFuture<GenerationResult> second = queue.offer(request(1));

      assertThatThrownBy(() -> queue.offer(request(2)))
          .isInstanceOf(QueueFullException.class)
          .hasMessageContaining("1 requests are running and 1 waiting");

      gate.countDown();
      running.get();
      second.get();
      assertThat(queue.offer(request(2)).get().sequences())
          .isEqualTo(model.generate(request(2)).sequences());
    }
  }

  @Test
  void servesInTheOrderOfArrivalWhoeverSendsMany() throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    ExecutorService callers = Executors.newFixedThreadPool(2);
    try (RequestQueue queue = RequestQueue.of(model, 1, 1)) {
      CompletableFuture<GenerationResult> running = queue.submit(blocked());
      queue.submit(noting("greedy 0", order));
      CountDownLatch waits = new CountDownLatch(1);
      Future<?> greedy =
          callers.submit(
              () -> {
                waits.countDown();
                for (int i = 1; i < 20; i++) {
                  queue.submit(noting("greedy " + i, order));
                }
                return null;
              });
      waits.await();
      pause();
      Future<?> modest = callers.submit(() -> queue.submit(noting("modest", order)).get());
      pause();
      gate.countDown();
      running.get();
      modest.get();
      greedy.get();
    } finally {
      callers.shutdownNow();
    }

    // At most the one that waited before it, one more place, and the race for the next.
    assertThat(order.indexOf("modest")).isLessThanOrEqualTo(4);
    assertThat(order).hasSize(21);
  }

  @Test
  void cancellingAWaitingRequestFreesItsPlace() throws Exception {
    try (RequestQueue queue = RequestQueue.of(model, 1, 1)) {
      CompletableFuture<GenerationResult> running = queue.submit(blocked());
      CompletableFuture<GenerationResult> waiting = queue.submit(request(1));

      waiting.cancel(true);

      CompletableFuture<GenerationResult> next = queue.offer(request(2));
      gate.countDown();
      running.get();
      assertThat(next.get().outputIds()).isNotEmpty();
      assertThatThrownBy(waiting::get).isInstanceOf(CancellationException.class);
    }
  }

  @Test
  void cancellingARunningRequestEndsItAndFreesItsSession() throws Exception {
    List<FinishReason> reasons = Collections.synchronizedList(new ArrayList<>());
    CountDownLatch started = new CountDownLatch(1);
    try (RequestQueue queue = RequestQueue.of(model, 1, 0)) {
      CompletableFuture<GenerationResult> running =
          queue.submit(
              GenerationRequest.question("?")
                  .config(GenerationConfig.builder().maxNewTokens(300).minNewTokens(300).build())
                  .listener(new Noting(started, reasons))
                  .build());
      started.await();
      running.cancel(true);
      gate.countDown();

      assertThat(queue.submit(request(1)).get().outputIds()).isNotEmpty();
    }

    assertThat(reasons).containsExactly(FinishReason.CANCELLED);
    assertThat(backend.openSessions()).isZero();
  }

  @Test
  void failuresReachTheirCallerAlone() throws Exception {
    try (RequestQueue queue = RequestQueue.of(model, 1, 1)) {
      GenerationRequest missing =
          GenerationRequest.question("?").images(ImageInput.of(Path.of("none.png"))).build();

      assertThatThrownBy(() -> queue.answer(missing)).isInstanceOf(NoSuchFileException.class);
      assertThatThrownBy(() -> queue.answer(GenerationRequest.question("x".repeat(500)).build()))
          .hasMessageContaining("context");
      assertThat(queue.answer(request(3)).outputIds()).isNotEmpty();
    }
  }

  @Test
  void closingAnswersWhatWasAcceptedAndRefusesTheRest() throws Exception {
    RequestQueue queue = RequestQueue.of(model, 1, 2);
    CompletableFuture<GenerationResult> running = queue.submit(blocked());
    CompletableFuture<GenerationResult> waiting = queue.submit(request(1));
    ExecutorService closer = Executors.newSingleThreadExecutor();
    try {
      Future<?> closing = closer.submit(queue::close);
      pause();
      assertThatThrownBy(() -> queue.submit(request(2)))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("the queue is closed");
      assertThatThrownBy(() -> queue.offer(request(2))).isInstanceOf(IllegalStateException.class);
      assertThat(closing.isDone()).isFalse();
      gate.countDown();
      closing.get();
    } finally {
      closer.shutdownNow();
    }

    assertThat(running.get().outputIds()).isNotEmpty();
    assertThat(waiting.get().outputIds()).isNotEmpty();
    queue.close();
  }

  @Test
  void anInterruptedCallerCancelsItsRequest() throws Exception {
    try (RequestQueue queue = RequestQueue.of(model, 1, 1)) {
      CompletableFuture<GenerationResult> running = queue.submit(blocked());
      Thread.currentThread().interrupt();
      assertThatThrownBy(() -> queue.answer(request(1))).isInstanceOf(InterruptedIOException.class);
      assertThat(Thread.interrupted()).isTrue();
      gate.countDown();
      assertThat(running.get().outputIds()).isNotEmpty();
    }
  }

  @Test
  void aModelClosedMeanwhileIsAClearError() throws Exception {
    VisionLanguageModel other = FakeModels.v15(backend, 400);
    try (RequestQueue queue = RequestQueue.of(other, 1, 1)) {
      CountDownLatch started = new CountDownLatch(1);
      GenerationListener listener =
          (id, text) -> {
            started.countDown();
            await(gate);
          };
      CompletableFuture<GenerationResult> running =
          queue.submit(request(0).toBuilder().listener(listener).build());
      CompletableFuture<GenerationResult> waiting = queue.submit(request(1));
      await(started);
      other.close();
      gate.countDown();

      assertThat(running.get().outputIds()).isNotEmpty();
      assertThatThrownBy(waiting::get)
          .hasCauseInstanceOf(IllegalStateException.class)
          .hasMessageContaining("the model is closed");
    }
  }

  @Test
  void refusesWrongBounds() {
    assertThatThrownBy(() -> RequestQueue.of(model, 0, 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> RequestQueue.of(model, 1, -1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  /** Returns requests of many lengths. */
  private static GenerationRequest request(int i) {
    return GenerationRequest.question("Question ".repeat(1 + i % 5) + i)
        .config(
            GenerationConfig.builder().maxNewTokens(1 + i % 13).temperature(0.8).seed(i).build())
        .build();
  }

  /** Returns a request that does not go on before the gate opens. */
  private GenerationRequest blocked() {
    return request(0).toBuilder().listener((id, text) -> await(gate)).build();
  }

  private static GenerationRequest noting(String name, List<String> order) {
    return GenerationRequest.question("?")
        .config(GenerationConfig.builder().maxNewTokens(1).build())
        .listener((id, text) -> order.add(name))
        .build();
  }

  /** Says that generation has begun, waits at the gate, and notes how it ended. */
  private final class Noting implements GenerationListener {
    private final CountDownLatch started;
    private final List<FinishReason> reasons;

    Noting(CountDownLatch started, List<FinishReason> reasons) {
      this.started = started;
      this.reasons = reasons;
    }

    @Override
    public void onToken(int id, String text) {
      started.countDown();
      await(gate);
    }

    @Override
    public void onFinish(FinishReason reason) {
      reasons.add(reason);
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(10, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void pause() {
    try {
      Thread.sleep(20);
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
