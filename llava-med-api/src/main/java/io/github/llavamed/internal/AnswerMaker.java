package io.github.llavamed.internal;

import io.github.llavamed.GenerationRequest;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.generation.AnswerInProgress;
import io.github.llavamed.generation.BeamSearch;
import io.github.llavamed.generation.ChoiceResult;
import io.github.llavamed.generation.ChoiceScorer;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.LogitsProcessor;
import io.github.llavamed.generation.LogitsProcessors;
import io.github.llavamed.generation.OutputConstraint;
import io.github.llavamed.generation.Sampler;
import io.github.llavamed.generation.SamplingConfig;
import io.github.llavamed.generation.StopConditions;
import io.github.llavamed.generation.StoppingCriterion;
import io.github.llavamed.generation.TextGenerator;
import io.github.llavamed.generation.internal.ConstraintProcessor;
import io.github.llavamed.generation.internal.TokenBytes;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.Prompt;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Generates or scores answers to a prepared prompt on a cached sequence.
 *
 * <p>Safe for concurrent use with different sequences.
 */
final class AnswerMaker {
  private final ModelParts parts;
  private final TextGenerator generator;
  private final BeamSearch beamSearch;
  private final ChoiceScorer scorer;
  private final AnswerResults results;
  private @Nullable TokenBytes tokenBytes;

  AnswerMaker(ModelParts parts) {
    this.parts = parts;
    this.generator = new TextGenerator(parts.tokenizer());
    this.beamSearch = new BeamSearch(parts.config().family(), parts.tokenizer());
    this.scorer = new ChoiceScorer(parts.tokenizer());
    this.results = new AnswerResults(parts);
  }

  /**
   * A prompt with all that its answer needs.
   *
   * @param prompt the prompt
   * @param features of the images that the prompt refers to
   * @param stopStrings of the template
   * @param preprocess time spent on text and images
   * @param encodeImage time spent in the vision tower
   */
  record Prepared(
      Prompt prompt,
      List<ImageFeatures> features,
      List<String> stopStrings,
      Duration preprocess,
      Duration encodeImage) {}

  /** Generates; if an exception ends it, the sequence holds a prefix of what it held before. */
  GenerationResult answer(
      CachedSequence sequence,
      Prepared prepared,
      GenerationRequest request,
      BooleanSupplier cancelled) {
    StopConditions stop = stop(prepared, request, cancelled);
    List<LogitsProcessor> rules = rules(prepared.prompt(), request, stop.endIds());
    TextGenerator.Output output =
        follow(
            sequence,
            prepared.prompt(),
            request,
            (session, rest) ->
                request.config().beamSearch().isOn()
                    ? beamSearch.search(session, beamInput(prepared, rest, request, stop, rules))
                    : generator.generate(session, input(prepared, rest, request, stop, rules)),
            TextGenerator.Output::outputIds);
    return results.of(prepared, request, output);
  }

  /** Goes on from what a sequence holds of a prompt. */
  @FunctionalInterface
  private interface Continuation<R> {
    /** Appends the rest of the prompt to the session, and perhaps ids behind it. */
    R append(DecoderSession session, List<InputSegment> rest);
  }

  /**
   * Has a prompt appended to a sequence as far as it is not there; if an exception ends it, the
   * sequence holds a prefix of what it held before.
   *
   * @param appended the ids that a result says were appended behind the prompt, or more
   */
  private static <R> R follow(
      CachedSequence sequence,
      Prompt prompt,
      GenerationRequest request,
      Continuation<R> continuation,
      Function<R, List<Integer>> appended) {
    boolean done = false;
    try {
      int kept = sequence.keepPrefixOf(prompt.segments());
      request.listener().onPrompt(prompt.length(), kept);
      R result =
          continuation.append(
              sequence.session(), CachedSequence.dropFirst(prompt.segments(), kept));
      sequence.note(prompt.segments(), appended.apply(result));
      done = true;
      return result;
    } finally {
      if (!done) {
        sequence.rollBack();
      }
    }
  }

  /** An answer that goes on in a batch. */
  final class Begun implements BatchedAnswers.Answer {
    private final Prepared prepared;
    private final GenerationRequest request;
    private final AnswerInProgress answer;

    private Begun(Prepared prepared, GenerationRequest request, AnswerInProgress answer) {
      this.prepared = prepared;
      this.request = request;
      this.answer = answer;
    }

    /** Returns the answer on its way. */
    AnswerInProgress answer() {
      return answer;
    }

    @Override
    public boolean isFinished() {
      return answer.isFinished();
    }

    @Override
    public GenerationResult result() {
      return results.of(prepared, request, answer.output());
    }
  }

  /**
   * Returns whether a request has a single answer, which can be one of many in a batch. A time
   * limit is measured alone: it would run out while others' prompts are read.
   */
  static boolean decodesInStep(GenerationRequest request) {
    GenerationConfig config = request.config();
    return !config.beamSearch().isOn()
        && config.numReturnSequences() == 1
        && config.timeLimit() == null;
  }

  /**
   * Reads the prompt of a request that {@link #decodesInStep} and chooses the first token. The
   * sequence then holds the prompt; if an exception ends it, a prefix of what it held before.
   */
  Begun begin(
      CachedSequence sequence,
      Prepared prepared,
      GenerationRequest request,
      BooleanSupplier cancelled) {
    StopConditions stop = stop(prepared, request, cancelled);
    List<LogitsProcessor> rules = rules(prepared.prompt(), request, stop.endIds());
    AnswerInProgress answer =
        follow(
            sequence,
            prepared.prompt(),
            request,
            (session, rest) ->
                generator.begin(session, input(prepared, rest, request, stop, rules)),
            begun -> List.of());
    return new Begun(prepared, request, answer);
  }

  private TextGenerator.Input input(
      Prepared prepared,
      List<InputSegment> rest,
      GenerationRequest request,
      StopConditions stop,
      List<LogitsProcessor> rules) {
    GenerationConfig config = request.config();
    SamplingConfig sampling = config.sampling();
    List<Sampler> samplers =
        IntStream.range(0, config.numReturnSequences())
            .mapToObj(
                i -> sampling.isRandom() ? Sampler.random(sampling.seed(), i) : Sampler.greedy())
            .toList();
    return new TextGenerator.Input(
        prepared.prompt().inputIds(),
        rest,
        prepared.features(),
        stop,
        Stream.concat(rules.stream(), LogitsProcessors.filters(sampling, 1).stream()).toList(),
        samplers,
        config.logProbs(),
        request.listener());
  }

  private static BeamSearch.Input beamInput(
      Prepared prepared,
      List<InputSegment> rest,
      GenerationRequest request,
      StopConditions stop,
      List<LogitsProcessor> rules) {
    GenerationConfig config = request.config();
    return new BeamSearch.Input(
        prepared.prompt().inputIds(),
        rest,
        prepared.features(),
        stop,
        rules,
        config.beamSearch(),
        config.sampling(),
        config.numReturnSequences(),
        config.logProbs(),
        request.listener());
  }

  private StopConditions stop(
      Prepared prepared, GenerationRequest request, BooleanSupplier cancelled) {
    Prompt prompt = prepared.prompt();
    List<String> stops =
        Stream.concat(prepared.stopStrings().stream(), request.config().stopStrings().stream())
            .distinct()
            .toList();
    return new StopConditions(
        Math.min(request.config().maxNewTokens(), parts.room(prompt)),
        stops,
        StoppingCriterion.keywords(
            parts.config().family(), stops, parts.tokenizer(), prompt.inputIds(), parts.quirks()),
        parts.endIds(),
        request.config().timeLimit(),
        cancelled);
  }

  /** Rules of the configuration, then its constraint, then what the caller adds. */
  private List<LogitsProcessor> rules(
      Prompt prompt, GenerationRequest request, Set<Integer> endIds) {
    ModelFamily family = parts.config().family();
    @Nullable Integer bos = parts.config().languageModel().bosTokenId();
    List<Integer> before = LogitsProcessors.idsBefore(family, bos, prompt.inputIds());
    List<LogitsProcessor> rules =
        new ArrayList<>(
            LogitsProcessors.rules(
                request.config().tokenRules(), parts.tokenizer(), before, endIds));
    OutputConstraint constraint = request.config().constraint();
    if (constraint != null) {
      rules.add(ConstraintProcessor.of(constraint, parts.tokenizer(), this::tokenBytes, endIds));
    }
    rules.addAll(request.logitsProcessors());
    return rules;
  }

  /** The table of a tokenizer takes long to make and many requests need it. */
  private synchronized TokenBytes tokenBytes() {
    if (tokenBytes == null) {
      tokenBytes = TokenBytes.of(parts.tokenizer());
    }
    return tokenBytes;
  }

  /** Scores given answers. */
  ChoiceResult score(CachedSequence sequence, Prepared prepared, List<String> choices) {
    Prompt prompt = prepared.prompt();
    ChoiceScorer.Output output =
        scorer.score(sequence.session(), prompt.segments(), prepared.features(), choices);
    return new ChoiceResult(
        output.choices(),
        prompt,
        AnswerResults.timing(prepared, output.prefill(), output.decode()),
        parts.description());
  }

  /** Returns the number of ids of the longest choice. */
  int longest(List<String> choices) {
    return choices.stream().mapToInt(choice -> scorer.ids(choice).length).max().orElseThrow();
  }
}
