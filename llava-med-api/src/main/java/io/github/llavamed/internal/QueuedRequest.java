package io.github.llavamed.internal;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.VisionLanguageModel;
import io.github.llavamed.generation.GenerationResult;
import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One request on its way through a queue; runs once, on a thread of the queue. */
public final class QueuedRequest implements Runnable {
  private final VisionLanguageModel model;
  private final GenerationRequest request;
  private final Consumer<QueuedRequest> whenLeft;
  private final CompletableFuture<GenerationResult> result = new CompletableFuture<>();

  /**
   * Makes a request that waits.
   *
   * @param whenLeft hears when it has run, or was found cancelled when its turn came
   */
  public QueuedRequest(
      VisionLanguageModel model, GenerationRequest request, Consumer<QueuedRequest> whenLeft) {
    this.model = model;
    this.request = request;
    this.whenLeft = whenLeft;
  }

  /** Returns the answer to come; whoever cancels it ends the request. */
  public CompletableFuture<GenerationResult> result() {
    return result;
  }

  @Override
  public void run() {
    GenerationResult answer = null;
    Throwable failure = null;
    try {
      if (!result.isDone()) {
        BooleanSupplier caller = request.cancelled();
        answer =
            model.generate(
                request.toBuilder()
                    .cancelledWhen(() -> result.isCancelled() || caller.getAsBoolean())
                    .build());
      }
    } catch (IOException | RuntimeException | Error e) {
      failure = e;
    }
    whenLeft.accept(this); // The place is free when the caller learns of the answer.
    complete(answer, failure);
  }

  private void complete(@Nullable GenerationResult answer, @Nullable Throwable failure) {
    if (failure != null) {
      result.completeExceptionally(failure);
    } else if (answer != null) {
      result.complete(answer);
    }
  }

  /** Returns what generating threw as what it is; unchecked exceptions are thrown. */
  public static IOException failure(@Nullable Throwable cause) {
    if (cause instanceof IOException failure) {
      return failure;
    }
    if (cause instanceof RuntimeException failure) {
      throw failure;
    }
    if (cause instanceof Error failure) {
      throw failure;
    }
    return new IOException("the request failed", cause);
  }
}
