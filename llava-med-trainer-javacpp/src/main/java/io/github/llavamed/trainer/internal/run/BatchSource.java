package io.github.llavamed.trainer.internal.run;

import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.training.BadSamplePolicy;
import io.github.llavamed.training.TrainingListener;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Hands out the micro-batches of a run in order, some of them prepared ahead on other threads.
 *
 * <p>Order, content and warnings do not depend on the number of threads; a failure surfaces where
 * its micro-batch would have come. {@link #close()} waits for what is being read. Confined to one
 * thread.
 */
final class BatchSource implements AutoCloseable {
  /** Micro-batches ahead for each thread, as torch's data loader has them. */
  private static final int AHEAD = 2;

  /** More warnings of one kind tell nothing new. */
  private static final int MOST_NOTES = 20;

  private static final long LONGEST_READ_SECONDS = 60;

  private final MicroBatchOrder order;
  private final BatchPreparation preparation;
  private final TrainingListener listener;
  private final int ahead;
  private final @Nullable ExecutorService threads;
  private final Deque<Future<PreparedBatch>> waiting = new ArrayDeque<>();
  private final Set<Integer> refused = new TreeSet<>();
  private final Set<String> noted = new HashSet<>();
  private long next;

  /**
   * Creates the source; nothing is read yet.
   *
   * @param first number of the micro-batch that comes first
   * @param workers threads that read ahead, or 0 to read on the caller's
   */
  BatchSource(
      MicroBatchOrder order,
      BatchPreparation preparation,
      TrainingListener listener,
      long first,
      int workers) {
    this.order = order;
    this.preparation = preparation;
    this.listener = listener;
    this.next = first;
    this.ahead = workers * AHEAD;
    this.threads = workers == 0 ? null : Executors.newFixedThreadPool(workers, BatchSource::thread);
  }

  private static Thread thread(Runnable work) {
    Thread thread = new Thread(work, "training-data");
    thread.setDaemon(true);
    return thread;
  }

  /** Returns the samples that could not be used so far. */
  Set<Integer> refused() {
    return Set.copyOf(refused);
  }

  /**
   * Returns the next micro-batch, and tells the listener what there is to say of it.
   *
   * @throws io.github.llavamed.training.InvalidTrainingDataException if a sample cannot be used
   */
  PreparedBatch next() throws IOException {
    while (waiting.size() <= ahead) {
      waiting.add(submit(next++));
    }
    PreparedBatch batch = get(waiting.remove());
    for (PreparedBatch.SampleNote note : batch.refused()) {
      if (refused.add(note.sample())) {
        boolean replaced = preparation.policy() == BadSamplePolicy.RANDOM;
        listener.warned((replaced ? "replaced: " : "left out: ") + note.text());
      }
    }
    batch.notes().forEach(note -> tell(note.text()));
    return batch;
  }

  private void tell(String note) {
    if (noted.size() < MOST_NOTES && noted.add(note)) {
      listener.warned(note);
      if (noted.size() == MOST_NOTES) {
        listener.warned("further samples that were cut or lack a tag are not listed");
      }
    }
  }

  private Future<PreparedBatch> submit(long number) {
    try {
      int[] samples = order.samples(number);
      if (threads != null) {
        return threads.submit(() -> preparation.prepare(number, samples));
      }
      return CompletableFuture.completedFuture(preparation.prepare(number, samples));
    } catch (IOException | RuntimeException e) {
      // An order may end after the last micro-batch that the run needs.
      return CompletableFuture.failedFuture(e);
    }
  }

  private static PreparedBatch get(Future<PreparedBatch> future) throws IOException {
    try {
      return future.get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LlavaMedException("interrupted while waiting for training data", e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      if (cause instanceof IOException io) {
        throw io;
      }
      if (cause instanceof RuntimeException failure) {
        throw failure;
      }
      throw new UncheckedIOException(new IOException(cause));
    }
  }

  @Override
  public void close() {
    waiting.forEach(future -> future.cancel(false));
    waiting.clear();
    if (threads == null) {
      return;
    }
    threads.shutdown();
    try {
      if (!threads.awaitTermination(LONGEST_READ_SECONDS, TimeUnit.SECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
