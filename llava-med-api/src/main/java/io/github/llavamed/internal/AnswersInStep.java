package io.github.llavamed.internal;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.generation.AnswerBatch;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Answers a list of requests: each prompt is read behind the longest prefix that it shares with the
 * one before, images included, and the answers are decoded in step.
 *
 * <p>A prompt is read as soon as a slot of the batch is free, and the answers that are on their way
 * wait for it: a step reads all weights for however few sequences, so that what a full batch saves
 * is more than what they wait. Serves one list; confined to one thread.
 */
final class AnswersInStep {
  private final ModelParts parts;
  private final AnswerMaker answers;
  private final List<GenerationRequest> requests;
  private final BooleanSupplier stopped;
  private final PromptList prompts;

  /** The images that the features are of. */
  private List<ImageInput> images = List.of();

  private List<ImageFeatures> features = List.of();

  /**
   * Prepares a run.
   *
   * @param requests at least one
   * @param stopped whether nobody wants the results any more; cancels what is on its way
   */
  AnswersInStep(
      ModelParts parts,
      AnswerMaker answers,
      List<GenerationRequest> requests,
      BooleanSupplier stopped) {
    this.parts = parts;
    this.answers = answers;
    this.requests = List.copyOf(requests);
    this.stopped = stopped;
    this.prompts = new PromptList(requests, parts);
  }

  /**
   * Answers all requests.
   *
   * @param atATime largest number of requests on their way, ≥ 1
   * @throws IOException if a request fails so, or the receiver throws it
   * @throws InterruptedIOException if it was stopped
   */
  void run(int atATime, BatchedAnswers.Results results) throws IOException {
    try (CachedSequence sequence =
            new CachedSequence(parts.backend().openSession(parts.config().contextLength()));
        AnswerBatch batch = openBatch(sequence.session(), atATime)) {
      new BatchedAnswers(requests.size(), (index, open) -> begin(index, sequence, open), results)
          .run(batch);
    }
    checkNotStopped();
  }

  private void checkNotStopped() throws InterruptedIOException {
    if (stopped.getAsBoolean()) {
      throw BatchRun.interrupted();
    }
  }

  private AnswerBatch openBatch(DecoderSession session, int atATime) {
    int inStep = 0;
    int longest = 1;
    for (int i = 0; i < prompts.items().size(); i++) {
      if (AnswerMaker.decodesInStep(requests.get(i))) {
        inStep++;
        longest = Math.max(longest, parts.positions(prompts.get(i).prompt(), requests.get(i)));
      }
    }
    int slots = Math.max(1, Math.min(Math.min(inStep, atATime), session.batchSlots()));
    return new AnswerBatch(session.openBatch(slots, longest));
  }

  private BatchedAnswers.Answer begin(int index, CachedSequence sequence, AnswerBatch batch)
      throws IOException {
    checkNotStopped();
    GenerationRequest request = requests.get(index);
    BooleanSupplier caller = request.cancelled();
    Cancellation cancelled =
        new Cancellation(() -> stopped.getAsBoolean() || caller.getAsBoolean());
    AnswerMaker.Prepared prepared = prepare(index, sequence, cancelled);
    if (batch.slots() == 1 || !AnswerMaker.decodesInStep(request)) {
      return BatchedAnswers.Answer.of(answers.answer(sequence, prepared, request, cancelled));
    }
    AnswerMaker.Begun begun = answers.begin(sequence, prepared, request, cancelled);
    batch.add(sequence.session(), begun.answer());
    return begun;
  }

  /**
   * Returns whether the text before the first image may be kept for another image. A backend that
   * extends several sequences as it does each alone adds up every row by itself; others may differ
   * in the last digits where a prompt is read in two parts.
   */
  private static boolean keepsText(CachedSequence sequence) {
    return sequence.session().batchSlots() > 1;
  }

  private AnswerMaker.Prepared prepare(
      int index, CachedSequence sequence, BooleanSupplier cancelled) throws IOException {
    PromptList.Item item = prompts.get(index);
    List<ImageInput> wanted = requests.get(index).images();
    Duration preprocessing = item.time();
    Duration encoding = Duration.ZERO;
    if (!wanted.equals(images)) {
      long start = System.nanoTime();
      List<PixelValues> pixelValues = parts.pixelValues(wanted);
      long preprocessed = System.nanoTime();
      List<ImageFeatures> encoded = parts.encode(pixelValues, cancelled);
      preprocessing = preprocessing.plusNanos(preprocessed - start);
      encoding = Duration.ofNanos(System.nanoTime() - preprocessed);
      if (!encoded.equals(features)) {
        sequence.dropImages(keepsText(sequence)); // The same index now means another image.
      }
      features = encoded;
      images = wanted.subList(0, encoded.size()); // Fewer if it was cancelled meanwhile.
    }
    return new AnswerMaker.Prepared(
        item.prompt(), features, item.stopStrings(), preprocessing, encoding);
  }
}
