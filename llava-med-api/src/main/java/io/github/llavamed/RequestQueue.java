package io.github.llavamed;

import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.internal.QueuedRequest;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Answers the requests of many callers on one model: a bounded number at a time and a bounded
 * number waiting, first come first served.
 *
 * <p>A caller who finds no place waits for one in {@link #submit}, in the order of arrival, so that
 * nobody who sends many requests keeps others out; {@link #offer} is refused instead. Answers are
 * those of {@link VisionLanguageModel#generate}.
 *
 * <p>Safe for concurrent use. Owns its threads, not the model: close it first.
 */
public final class RequestQueue implements AutoCloseable {
  private final VisionLanguageModel model;
  private final int atATime;
  private final int waiting;
  private final Semaphore places;
  private final ThreadPoolExecutor workers;
  private final Set<QueuedRequest> accepted = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private RequestQueue(VisionLanguageModel model, int atATime, int waiting) {
    this.model = model;
    this.atATime = atATime;
    this.waiting = waiting;
    this.places = new Semaphore(Math.addExact(atATime, waiting), true);
    // The places bound the pool's own queue.
    this.workers = (ThreadPoolExecutor) Executors.newFixedThreadPool(atATime, RequestQueue::thread);
  }

  /**
   * Returns a queue on a model; the caller closes it before the model.
   *
   * @param atATime requests that run at once at most, ≥ 1; each has a decoder cache of its own
   * @param waiting requests that wait for their turn at most, ≥ 0
   */
  public static RequestQueue of(VisionLanguageModel model, int atATime, int waiting) {
    if (atATime < 1 || waiting < 0) {
      throw new IllegalArgumentException(
          "queue: expected 1 or more at a time and 0 or more waiting, found %d and %d"
              .formatted(atATime, waiting));
    }
    return new RequestQueue(model, atATime, waiting);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "llava-med-queue");
    thread.setDaemon(true);
    return thread;
  }

  /**
   * Hands in a request, and waits for a place if there is none.
   *
   * <p>Cancelling the result takes a waiting request out and ends a running one after its next
   * token.
   *
   * @return the answer, or how the request failed, as {@link VisionLanguageModel#generate} does
   * @throws InterruptedException if the calling thread is interrupted while it waits
   * @throws IllegalStateException if the queue is closed
   */
  public CompletableFuture<GenerationResult> submit(GenerationRequest request)
      throws InterruptedException {
    checkOpen();
    places.acquire();
    return accept(request);
  }

  /**
   * Hands in a request if there is a place for it, as {@link #submit} does.
   *
   * @throws QueueFullException if there is none
   * @throws IllegalStateException if the queue is closed
   */
  public CompletableFuture<GenerationResult> offer(GenerationRequest request) {
    checkOpen();
    if (!takePlace()) {
      throw new QueueFullException(
          "%d requests are running and %d waiting, which is as many as may; ask again later"
              .formatted(atATime, waiting));
    }
    return accept(request);
  }

  /** Unlike the method without a time, this one does not overtake callers who wait. */
  private boolean takePlace() {
    try {
      return places.tryAcquire(0, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return places.tryAcquire();
    }
  }

  /**
   * Hands in a request and waits for its answer.
   *
   * @throws IOException if an image cannot be read, or the calling thread is interrupted ({@link
   *     InterruptedIOException}; the request is then cancelled)
   * @throws IllegalStateException if the queue or the model is closed
   */
  public GenerationResult answer(GenerationRequest request) throws IOException {
    CompletableFuture<GenerationResult> result = null;
    try {
      result = submit(request);
      return result.get();
    } catch (InterruptedException e) {
      if (result != null) {
        result.cancel(true);
      }
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("interrupted while waiting for an answer");
    } catch (ExecutionException e) {
      throw QueuedRequest.failure(e.getCause());
    }
  }

  private CompletableFuture<GenerationResult> accept(GenerationRequest request) {
    QueuedRequest queued = new QueuedRequest(model, request, this::leave);
    accepted.add(queued);
    queued.result().whenComplete((result, failure) -> takeOut(queued));
    synchronized (workers) {
      if (!closed) {
        workers.execute(queued);
        return queued.result();
      }
    }
    leave(queued);
    throw new IllegalStateException("the queue is closed");
  }

  /** Takes out a request that was cancelled before its turn. */
  private void takeOut(QueuedRequest queued) {
    if (workers.remove(queued)) {
      leave(queued);
    }
  }

  private void leave(QueuedRequest queued) {
    if (accepted.remove(queued)) {
      places.release();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("the queue is closed");
    }
  }

  /**
   * Accepts no more requests and waits until those accepted have their answers; if the calling
   * thread is interrupted, they are cancelled first. The second time does nothing.
   */
  @Override
  public void close() {
    synchronized (workers) {
      closed = true;
      workers.shutdown();
    }
    boolean interrupted = false;
    boolean ended = false;
    while (!ended) {
      try {
        ended = workers.awaitTermination(1, TimeUnit.DAYS);
      } catch (InterruptedException e) {
        interrupted = true;
        accepted.forEach(queued -> queued.result().cancel(true));
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
