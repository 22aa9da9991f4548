package io.github.llavamed.internal;

import io.github.llavamed.GenerationReceiver;
import io.github.llavamed.GenerationRequest;
import io.github.llavamed.generation.AnswerBatch;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Answers several requests about the same images: the images are encoded once, each prompt is read
 * behind the longest prefix that it shares with the one before, and the answers are decoded in
 * step.
 *
 * <p>Serves one list of requests; confined to one thread.
 */
final class SharedImageAnswers {
  private final ModelParts parts;
  private final AnswerMaker answers;
  private final List<GenerationRequest> requests;
  private final List<ImageFeatures> features;
  private final PromptList prompts;

  /** What was done for all requests together; told with the first one alone. */
  private Duration preprocessing;

  private Duration encoding;

  /**
   * Prepares a run.
   *
   * @param requests at least one, all with the same images, so that an image index means the same
   *     in all of them
   * @throws IOException if an image cannot be read
   */
  SharedImageAnswers(ModelParts parts, AnswerMaker answers, List<GenerationRequest> requests)
      throws IOException {
    this.parts = parts;
    this.answers = answers;
    this.requests = List.copyOf(requests);
    checkSameImages();
    long start = System.nanoTime();
    List<PixelValues> pixelValues = parts.pixelValues(requests.get(0).images());
    long preprocessed = System.nanoTime();
    this.features = parts.encode(pixelValues, () -> false);
    this.preprocessing = Duration.ofNanos(preprocessed - start);
    this.encoding = Duration.ofNanos(System.nanoTime() - preprocessed);
    this.prompts = new PromptList(requests, parts);
  }

  private void checkSameImages() {
    for (int i = 1; i < requests.size(); i++) {
      if (!requests.get(i).images().equals(requests.get(0).images())) {
        throw new IllegalArgumentException(
            "request %d: expected the images of the first request %s, found %s"
                .formatted(i, requests.get(0).images(), requests.get(i).images()));
      }
    }
  }

  /** Answers all requests. */
  void run(GenerationReceiver receiver) throws IOException {
    try (CachedSequence sequence =
            new CachedSequence(parts.backend().openSession(parts.config().contextLength()));
        AnswerBatch batch = openBatch(sequence.session())) {
      new OrderedAnswers(requests.size(), (index, open) -> begin(index, sequence, open), receiver)
          .run(batch);
    }
  }

  private AnswerBatch openBatch(DecoderSession session) {
    int inStep = 0;
    int longest = 1;
    for (int i = 0; i < prompts.items().size(); i++) {
      if (AnswerMaker.decodesInStep(requests.get(i))) {
        inStep++;
        longest = Math.max(longest, parts.positions(prompts.get(i).prompt(), requests.get(i)));
      }
    }
    int slots = Math.max(1, Math.min(inStep, session.batchSlots()));
    return new AnswerBatch(session.openBatch(slots, longest));
  }

  private OrderedAnswers.Answer begin(int index, CachedSequence sequence, AnswerBatch batch) {
    GenerationRequest request = requests.get(index);
    AnswerMaker.Prepared prepared = prepare(index);
    if (batch.slots() == 1 || !AnswerMaker.decodesInStep(request)) {
      Cancellation cancelled = new Cancellation(request.cancelled());
      return OrderedAnswers.Answer.of(answers.answer(sequence, prepared, request, cancelled));
    }
    AnswerMaker.Begun begun =
        answers.begin(sequence, prepared, request, new Cancellation(request.cancelled()));
    batch.add(sequence.session(), begun.answer());
    return begun;
  }

  private AnswerMaker.Prepared prepare(int index) {
    PromptList.Item item = prompts.get(index);
    AnswerMaker.Prepared prepared =
        new AnswerMaker.Prepared(
            item.prompt(), features, item.stopStrings(), preprocessing.plus(item.time()), encoding);
    preprocessing = Duration.ZERO;
    encoding = Duration.ZERO;
    return prepared;
  }
}
