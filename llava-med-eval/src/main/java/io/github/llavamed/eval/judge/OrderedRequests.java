package io.github.llavamed.eval.judge;

import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.metric.RemoteJudgeException;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests, a bounded number at a time, and hands the replies over in their order.
 *
 * <p>After a failure nothing more is sent; replies of requests under way are still handed over.
 */
final class OrderedRequests {
  private final ChatJudge judge;
  private final int concurrency;

  /**
   * Creates a sender.
   *
   * @param judge safe for concurrent use if the concurrency is above 1
   * @param concurrency most requests under way, at least 1; 1 stays on the calling thread
   */
  OrderedRequests(ChatJudge judge, int concurrency) {
    if (concurrency < 1) {
      throw new IllegalArgumentException(
          "judge concurrency: expected at least 1, found " + concurrency);
    }
    this.judge = judge;
    this.concurrency = concurrency;
  }

  /** Takes one reply. */
  interface Receiver {
    /** Takes the reply to the request at an index; called on the thread that runs. */
    void accept(int index, JudgeReply reply) throws IOException;
  }

  private record Pending(int index, Future<JudgeReply> reply) {}

  /**
   * Sends all requests.
   *
   * @throws RemoteJudgeException the first failure in the order of the requests
   */
  void run(List<JudgeRequest> requests, Receiver receiver) throws IOException {
    if (concurrency == 1) {
      for (int i = 0; i < requests.size(); i++) {
        receiver.accept(i, judge.ask(requests.get(i)));
      }
      return;
    }
    ExecutorService threads = Executors.newFixedThreadPool(concurrency);
    try {
      send(requests, receiver, threads);
    } finally {
      threads.shutdownNow();
    }
  }

  private void send(List<JudgeRequest> requests, Receiver receiver, ExecutorService threads)
      throws IOException {
    Iterator<JudgeRequest> rest = requests.iterator();
    Queue<Pending> pending = new ArrayDeque<>();
    RuntimeException failure = null;
    int sent = 0;
    do {
      while (failure == null && pending.size() < concurrency && rest.hasNext()) {
        JudgeRequest request = rest.next();
        pending.add(new Pending(sent++, threads.submit(() -> judge.ask(request))));
      }
      Pending next = pending.poll();
      if (next != null) {
        RuntimeException found = deliver(next, receiver);
        failure = failure == null ? found : failure;
      }
    } while (!pending.isEmpty() || (failure == null && rest.hasNext()));
    if (failure != null) {
      throw failure;
    }
  }

  private static @Nullable RuntimeException deliver(Pending next, Receiver receiver)
      throws IOException {
    JudgeReply reply;
    try {
      reply = next.reply().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof RuntimeException failure) {
        return failure;
      }
      throw new IllegalStateException(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RemoteJudgeException(
          "judge: expected to wait for a reply, found an interrupt", false, e);
    }
    receiver.accept(next.index(), reply);
    return null;
  }
}
