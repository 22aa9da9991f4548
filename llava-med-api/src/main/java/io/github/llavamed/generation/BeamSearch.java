package io.github.llavamed.generation;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.generation.internal.AnswerText;
import io.github.llavamed.generation.internal.BeamChoice;
import io.github.llavamed.generation.internal.Probabilities;
import io.github.llavamed.generation.internal.TopTokens;
import io.github.llavamed.inference.DecoderBatch;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.tokenizer.Tokenizer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Follows several beginnings of an answer at a time and returns the answers of the best scores, by
 * the rules of the family's library: transformers 4.28.1 for v1.0, 4.36.2 for v1.5, 4.57.1 for
 * Hugging Face.
 *
 * <p>With a temperature the candidates of each step are drawn, as {@code beam_sample} there does.
 * One difference: 4.28.1 divides the sum of a beam by the temperature at every step, so that below
 * 1 it soon overflows; here only what is added is divided, as in the later versions.
 *
 * <p>Immutable; safe for concurrent use with different sessions.
 */
public final class BeamSearch {
  /** Sum of log-probabilities that no answer of allowed tokens comes near. */
  private static final float PLACE_FILLER = -1e8f;

  private final ModelFamily family;
  private final Tokenizer tokenizer;

  /** Makes a search by a family's rules whose answers are decoded by a tokenizer. */
  public BeamSearch(ModelFamily family, Tokenizer tokenizer) {
    this.family = family;
    this.tokenizer = tokenizer;
  }

  /**
   * What one search needs beside the session.
   *
   * @param promptIds ids of the whole prompt
   * @param segments what the session does not hold yet of the prompt, at least one position
   * @param images features that the segments refer to
   * @param stop what can end an answer; its criterion can be forked
   * @param rules processors applied to the log-probabilities of every step
   * @param beamSearch how wide to search; at least two beams
   * @param sampling draws the candidates if it has a temperature
   * @param answers number of answers wanted, at most as many as beams
   * @param logProbs how many tokens per position are told with their log-probabilities; 0 for none
   * @param listener hears of the tokens of the best answer when the search is over
   */
  public record Input(
      List<Integer> promptIds,
      List<InputSegment> segments,
      List<ImageFeatures> images,
      StopConditions stop,
      List<LogitsProcessor> rules,
      BeamSearchConfig beamSearch,
      SamplingConfig sampling,
      int answers,
      int logProbs,
      GenerationListener listener) {
    /** Copies the lists. */
    public Input {
      promptIds = List.copyOf(promptIds);
      segments = List.copyOf(segments);
      images = List.copyOf(images);
      rules = List.copyOf(rules);
    }
  }

  /**
   * Appends the prompt to the session and searches until a reason to stop.
   *
   * <p>Each beam holds a copy of the session's cache while the search runs; all of them are
   * extended in one step. In the end the session holds the prompt alone. After an interruption the
   * answers are the best so far.
   *
   * @throws NoTokenLeftException if the processors forbid every token
   */
  public TextGenerator.Output search(DecoderSession session, Input input) {
    long start = System.nanoTime();
    if (input.stop().cancelled().getAsBoolean()) {
      input.listener().onFinish(FinishReason.CANCELLED);
      GeneratedSequence nothing =
          new GeneratedSequence("", List.of(), FinishReason.CANCELLED, null, List.of());
      return new TextGenerator.Output(List.of(nothing), Duration.ZERO, Duration.ZERO);
    }
    float[] first = session.append(input.segments(), input.images()); // [v]
    long prefilled = System.nanoTime();
    List<GeneratedSequence> answers;
    try (DecoderBatch batch = openBatch(session, input)) {
      answers = new Run(input, session, batch, start).answers(first);
    }
    return new TextGenerator.Output(
        answers,
        Duration.ofNanos(prefilled - start),
        Duration.ofNanos(System.nanoTime() - prefilled));
  }

  /** All beams are extended in one step, or each on a session of its own if memory is short. */
  private static DecoderBatch openBatch(DecoderSession session, Input input) {
    int beams = input.beamSearch().numBeams();
    int capacity = TextGenerator.capacity(session, input.stop().maxNewTokens());
    DecoderBatch batch = session.openBatch(beams, capacity);
    if (batch.slots() >= beams) {
      return batch;
    }
    batch.close();
    return DecoderBatch.ofForks(beams);
  }

  /** One search on its way. */
  private final class Run {
    private final Input input;
    private final DecoderSession session;
    private final DecoderBatch batch;
    private final long start;
    private final BeamBook book;
    private final BeamChoice choice;
    private final List<LogitsProcessor> filters;

    Run(Input input, DecoderSession session, DecoderBatch batch, long start) {
      this.input = input;
      this.session = session;
      this.batch = batch;
      this.start = start;
      this.book = BeamBook.of(family, input);
      this.choice = BeamChoice.of(input.sampling(), family != ModelFamily.HF_LLAVA);
      this.filters =
          LogitsProcessors.filters(
              input.sampling(),
              family == ModelFamily.LLAVA_V1_0 ? 2 : Math.max(2, input.stop().endIds().size() + 1));
    }

    List<GeneratedSequence> answers(float[] first) {
      List<Beam> beams = startBeams();
      float[][] logits = new float[beams.size()][]; // [beams][v]
      Arrays.fill(logits, first);
      @Nullable FinishReason interruption = null;
      while (true) {
        List<BeamCandidate> best = candidates(beams, logits);
        if (best.stream().noneMatch(candidate -> candidate.beam().score() > PLACE_FILLER)) {
          return tell(book.answers(List.of()), null); // no beam can go on
        }
        interruption = input.stop().interruption(start);
        List<BeamCandidate> next = book.advance(best, interruption);
        boolean root = beams.get(0).length() == 0;
        beams = next.stream().map(BeamCandidate::beam).toList();
        if (book.isDone()
            || interruption != null
            || beams.get(0).length() >= input.stop().maxNewTokens()) {
          return tell(book.answers(beams), interruption);
        }
        if (root) {
          batch.add(session); // All beams continue the prompt.
        }
        batch.continueFrom(next.stream().mapToInt(c -> root ? 0 : c.parent()).toArray());
        logits = batch.step(beams.stream().mapToInt(Beam::lastId).toArray()); // [beams, v]
      }
    }

    /**
     * Returns the same empty beam as often as there are beams. Where the best are taken only the
     * first may be continued, otherwise all would stay the same; where v1.0 and v1.5 draw, all may.
     */
    private List<Beam> startBeams() {
      boolean all = input.sampling().isRandom() && family != ModelFamily.HF_LLAVA;
      List<Beam> beams = new ArrayList<>();
      for (int i = 0; i < input.beamSearch().numBeams(); i++) {
        beams.add(
            new Beam(
                new TokenHistory(input.promptIds()),
                i == 0 || all ? 0 : -1e9f,
                input.stop().stopping(),
                List.of()));
      }
      return beams;
    }

    private List<BeamCandidate> candidates(List<Beam> beams, float[][] logits) {
      int vocabSize = logits[0].length;
      float[] scores = new float[Math.multiplyExact(beams.size(), vocabSize)]; // [beams, v]
      for (int b = 0; b < beams.size(); b++) {
        float[] row = scores(beams.get(b), logits[b]); // [v]
        System.arraycopy(row, 0, scores, b * vocabSize, vocabSize);
      }
      int step = beams.get(0).length();
      List<BeamCandidate> best = new ArrayList<>();
      for (int index : choice.choose(scores, book.candidates(), step)) {
        int parent = index / vocabSize;
        int id = index % vocabSize;
        Beam beam = beams.get(parent).extend(id, scores[index], logProbs(logits[parent], id));
        best.add(new BeamCandidate(parent, beam, input.stop().endIds().contains(id)));
      }
      return best;
    }

    private float[] scores(Beam beam, float[] logits) {
      float[] scores = Probabilities.logSoftmax(logits); // [v]
      process(scores, input.rules(), beam);
      process(scores, filters, beam);
      for (int i = 0; i < scores.length; i++) {
        scores[i] += beam.score();
      }
      return scores;
    }

    private void process(float[] scores, List<LogitsProcessor> processors, Beam beam) {
      for (LogitsProcessor processor : processors) {
        processor.process(scores, beam.history());
      }
    }

    private List<TokenLogProbs> logProbs(float[] logits, int id) {
      return input.logProbs() > 0 ? List.of(TopTokens.at(logits, id, input.logProbs())) : List.of();
    }

    private List<GeneratedSequence> tell(
        List<BeamHypothesis> best, @Nullable FinishReason interruption) {
      List<GeneratedSequence> answers = new ArrayList<>();
      for (BeamHypothesis hypothesis : best) {
        // A beam of forbidden tokens, or a copy of the first, only filled a place.
        if (answers.size() < input.answers() && hypothesis.beam().score() > PLACE_FILLER) {
          boolean first = answers.isEmpty();
          answers.add(
              answer(
                  hypothesis, interruption, first ? input.listener() : GenerationListener.none()));
        }
      }
      if (answers.isEmpty()) {
        throw new NoTokenLeftException(
            "the rules and constraints of the request forbid every answer; relax them");
      }
      return answers;
    }

    private GeneratedSequence answer(
        BeamHypothesis hypothesis,
        @Nullable FinishReason interruption,
        GenerationListener listener) {
      TokenHistory history = hypothesis.beam().history();
      AnswerText text = new AnswerText(tokenizer, input.stop().stopStrings());
      int last = history.size() - 1;
      for (int i = 0; i <= last; i++) {
        int id = history.newId(i);
        listener.onToken(id, i < last ? text.accept(id) : text.acceptLast(id));
      }
      FinishReason reason = reason(hypothesis, text, interruption);
      listener.onFinish(reason);
      return new GeneratedSequence(
          text.answer(),
          TextGenerator.ids(history),
          reason,
          hypothesis.score(),
          hypothesis.beam().logProbs());
    }

    private FinishReason reason(
        BeamHypothesis hypothesis, AnswerText text, @Nullable FinishReason interruption) {
      if (hypothesis.ended() && !text.isCut()) {
        return FinishReason.STOP;
      }
      if (hypothesis.stopped() || text.isCut()) {
        return FinishReason.STOP_STRING;
      }
      boolean full = hypothesis.beam().length() >= input.stop().maxNewTokens();
      return full
          ? FinishReason.LENGTH
          : Objects.requireNonNullElse(interruption, FinishReason.LENGTH);
    }
  }
}
