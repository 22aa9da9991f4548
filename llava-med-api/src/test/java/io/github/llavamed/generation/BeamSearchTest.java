package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.generation.internal.ConstraintProcessor;
import io.github.llavamed.generation.internal.TokenBytes;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.HashedLogits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BeamSearchTest {
  private static final AsciiTokenizer TOKENIZER = new AsciiTokenizer();
  private static final int[] PROMPT = AsciiTokenizer.ids("Why?");

  private final FakeBackend backend =
      FakeBackend.withLogits(
          AsciiTokenizer.SIZE, 1, new HashedLogits(AsciiTokenizer.SIZE, 17, AsciiTokenizer.EOS, 1));

  private StoppingCriterion stopping = StoppingCriterion.never();
  private List<String> stopStrings = List.of();
  private List<LogitsProcessor> rules = List.of();
  private SamplingConfig sampling = SamplingConfig.GREEDY;
  private GenerationListener listener = GenerationListener.none();
  private @Nullable Duration timeLimit;
  private BooleanSupplier cancelled = () -> false;

  @AfterEach
  void everySessionIsClosed() {
    assertThat(backend.openSessions()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void answersComeBestFirstWithTheScoreOfTheirLogProbabilities(ModelFamily family) {
    List<GeneratedSequence> answers = search(family, 4, 4).sequences();

    assertThat(answers).hasSize(4).doesNotHaveDuplicates();
    for (GeneratedSequence answer : answers) {
      boolean v10 = family == ModelFamily.LLAVA_V1_0;
      boolean ended = answer.finishReason() == FinishReason.STOP;
      int length = answer.outputIds().size() + (v10 ? PROMPT.length - (ended ? 1 : 0) : 0);
      double sum = answer.logProbs().stream().mapToDouble(TokenLogProbs::logProb).sum();
      assertThat(answer.beamScore()).isCloseTo(sum / length, within(1e-4));
      assertThat(answer.text())
          .isEqualTo(
              TOKENIZER.decode(
                  answer.outputIds().stream().mapToInt(Integer::intValue).toArray(), true));
    }
    assertThat(answers).isSortedAccordingTo((a, b) -> Double.compare(score(b), score(a)));
  }

  private static double score(GeneratedSequence answer) {
    Double score = answer.beamScore();
    assertThat(score).isNotNull();
    return score;
  }

  @ParameterizedTest
  @EnumSource
  void drawnBeamsFollowFromTheSeed(ModelFamily family) {
    sampling = SamplingConfig.GREEDY.withTemperature(1.5).withSeed(4);
    List<GeneratedSequence> first = search(family, 3, 2).sequences();
    List<GeneratedSequence> again = search(family, 3, 2).sequences();
    sampling = sampling.withSeed(5);
    List<GeneratedSequence> other = search(family, 3, 2).sequences();

    assertThat(first).isEqualTo(again).isNotEqualTo(other).hasSize(2);
  }

  @ParameterizedTest
  @EnumSource
  void rulesAreKept(ModelFamily family) {
    rules =
        LogitsProcessors.rules(
            new TokenRules(1, 1, 5, List.of(), Map.of()),
            TOKENIZER,
            List.of(),
            Set.of(AsciiTokenizer.EOS));

    for (GeneratedSequence answer : search(family, 3, 3).sequences()) {
      assertThat(answer.outputIds()).doesNotHaveDuplicates().hasSizeGreaterThan(5);
    }
  }

  @ParameterizedTest
  @EnumSource
  void fewAllowedAnswersAreAllFound(ModelFamily family) {
    rules = List.of(constraint(OutputConstraint.oneOf(List.of("yes", "no"))));

    List<GeneratedSequence> answers = search(family, 4, 4).sequences();

    assertThat(answers).extracting(GeneratedSequence::text).containsExactlyInAnyOrder("yes", "no");
    assertThat(answers).allMatch(answer -> answer.finishReason() == FinishReason.STOP);
  }

  @Test
  void noAllowedAnswerIsAClearError() {
    rules = List.of((logits, history) -> Arrays.fill(logits, Float.NEGATIVE_INFINITY));

    assertThatThrownBy(() -> search(ModelFamily.LLAVA_V1_5, 3, 1))
        .isInstanceOf(NoTokenLeftException.class)
        .hasMessageContaining("forbid every answer");
  }

  @ParameterizedTest
  @EnumSource
  void aCancelledSearchTellsTheBestSoFar(ModelFamily family) {
    AtomicInteger asked = new AtomicInteger();
    cancelled = () -> asked.incrementAndGet() > 4;

    GeneratedSequence answer = search(family, 3, 1).sequences().get(0);

    assertThat(answer.outputIds().size()).isBetween(1, 4);
    assertThat(answer.finishReason()).isIn(FinishReason.CANCELLED, FinishReason.STOP);
  }

  @Test
  void nothingIsReadIfItIsCancelledBefore() {
    cancelled = () -> true;

    TextGenerator.Output output = search(ModelFamily.HF_LLAVA, 3, 1);

    assertThat(output.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(output.outputIds()).isEmpty();
    assertThat(backend.appendedPositions()).isZero();
  }

  @ParameterizedTest
  @EnumSource
  void aSearchEndsWhenTheTimeIsOver(ModelFamily family) {
    timeLimit = Duration.ofNanos(1);
    rules =
        LogitsProcessors.rules(
            TokenRules.NONE.withMinNewTokens(3), TOKENIZER, List.of(), Set.of(AsciiTokenizer.EOS));

    GeneratedSequence answer = search(family, 3, 1).sequences().get(0);

    assertThat(answer.finishReason()).isEqualTo(FinishReason.TIME_LIMIT);
    assertThat(answer.outputIds()).hasSize(1);
  }

  @ParameterizedTest
  @EnumSource(names = {"LLAVA_V1_0", "LLAVA_V1_5"})
  void textIsCutBeforeAStopString(ModelFamily family) {
    rules =
        LogitsProcessors.rules(
            TokenRules.NONE.withMinNewTokens(5), TOKENIZER, List.of(), Set.of(AsciiTokenizer.EOS));
    String stop = search(family, 3, 1).text().substring(2, 3);
    stopStrings = List.of(stop);
    stopping = new WholeAnswerCriterion(stopStrings, TOKENIZER);

    GeneratedSequence answer = search(family, 3, 1).sequences().get(0);

    assertThat(answer.text()).doesNotContain(stop);
    assertThat(TOKENIZER.decode(ids(answer), true)).contains(stop);
    assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP_STRING);
  }

  @Test
  void aStopStringOfHuggingFaceEndsItsBeamAlone() {
    stopping = new StopAt(6, 0);
    rules =
        LogitsProcessors.rules(
            TokenRules.NONE.withMinNewTokens(5), TOKENIZER, List.of(), Set.of(AsciiTokenizer.EOS));

    List<GeneratedSequence> answers = search(ModelFamily.HF_LLAVA, 3, 3).sequences();

    assertThat(answers)
        .extracting(GeneratedSequence::finishReason)
        .contains(FinishReason.STOP_STRING)
        .containsOnly(FinishReason.STOP, FinishReason.STOP_STRING);
    assertThat(answers)
        .allMatch(
            answer -> answer.finishReason() == FinishReason.STOP || answer.outputIds().size() == 6);
  }

  /** Stops after a number of ids. */
  private static final class StopAt implements StoppingCriterion {
    private final int count;
    private int seen;

    StopAt(int count, int seen) {
      this.count = count;
      this.seen = seen;
    }

    @Override
    public boolean accept(int id) {
      return ++seen >= count;
    }

    @Override
    public StoppingCriterion fork() {
      return new StopAt(count, seen);
    }
  }

  @Test
  void theListenerHearsTheBestAnswer() {
    List<Integer> heard = new ArrayList<>();
    StringBuilder text = new StringBuilder();
    listener =
        (id, piece) -> {
          heard.add(id);
          text.append(piece);
        };

    TextGenerator.Output output = search(ModelFamily.LLAVA_V1_5, 3, 2);

    assertThat(heard).isEqualTo(output.outputIds());
    assertThat(text).hasToString(output.text());
  }

  @Test
  void aFailingRuleLeavesNoSessionOpen() {
    AtomicInteger calls = new AtomicInteger();
    rules =
        List.of(
            (logits, history) -> {
              if (calls.incrementAndGet() > 7) {
                throw new IllegalStateException("enough");
              }
            });

    assertThatThrownBy(() -> search(ModelFamily.LLAVA_V1_0, 3, 1)).hasMessage("enough");
  }

  @Test
  void aCriterionThatCannotBeForkedIsAClearError() {
    stopping = id -> false;

    assertThatThrownBy(() -> search(ModelFamily.LLAVA_V1_5, 2, 1))
        .isInstanceOf(UnsupportedOperationException.class)
        .hasMessageContaining("implement fork()");
  }

  private static LogitsProcessor constraint(OutputConstraint constraint) {
    return ConstraintProcessor.of(
        constraint, TOKENIZER, () -> TokenBytes.of(TOKENIZER), Set.of(AsciiTokenizer.EOS));
  }

  private static int[] ids(GeneratedSequence answer) {
    return answer.outputIds().stream().mapToInt(Integer::intValue).toArray();
  }

  private TextGenerator.Output search(ModelFamily family, int beams, int answers) {
    BeamSearch.Input input =
        new BeamSearch.Input(
            Arrays.stream(PROMPT).boxed().toList(),
            List.of(TokenSegment.of(PROMPT)),
            List.of(),
            new StopConditions(
                12, stopStrings, stopping, Set.of(AsciiTokenizer.EOS), timeLimit, cancelled),
            rules,
            BeamSearchConfig.OFF.withNumBeams(beams),
            sampling,
            answers,
            2,
            listener);
    try (DecoderSession session = backend.openSession(100)) {
      TextGenerator.Output output = new BeamSearch(family, TOKENIZER).search(session, input);
      assertThat(session.length()).isIn(0, PROMPT.length);
      assertThat(backend.openSessions()).isEqualTo(1);
      return output;
    }
  }
}
