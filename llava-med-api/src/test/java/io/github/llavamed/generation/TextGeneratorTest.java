package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TextGeneratorTest {
  private final AsciiTokenizer tokenizer = new AsciiTokenizer();
  private final List<String> events = new ArrayList<>();
  private final List<String> pieces = new ArrayList<>();

  private final GenerationListener recorder =
      new GenerationListener() {
        @Override
        public void onToken(int id, String text) {
          events.add("token " + id);
          pieces.add(text);
        }

        @Override
        public void onFinish(FinishReason reason) {
          events.add("finish " + reason.id());
        }
      };

  @Test
  void stopsAtEndOfSequenceAndKeepsItsId() {
    TextGenerator.Output output = run(script("yes"), 10, List.of());

    assertThat(output.finishReason()).isEqualTo(FinishReason.STOP);
    assertThat(output.text()).isEqualTo("yes");
    assertThat(output.outputIds()).endsWith(AsciiTokenizer.EOS).hasSize(4);
    assertThat(events).last().isEqualTo("finish stop");
  }

  @Test
  void stopsAtTheLimitOfNewTokens() {
    TextGenerator.Output output = run(script("abcdef"), 3, List.of());

    assertThat(output.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(output.text()).isEqualTo("abc");
    assertThat(output.outputIds()).hasSize(3);
  }

  @Test
  void endOfSequenceAtTheLimitIsStopNotLength() {
    TextGenerator.Output output = run(script("ab"), 3, List.of());

    assertThat(output.finishReason()).isEqualTo(FinishReason.STOP);
  }

  @Test
  void cutsTheTextBeforeAStopStringAndNeverHandsItOut() {
    TextGenerator.Output output = run(script("a #b ### c"), 20, List.of("###"));

    assertThat(output.finishReason()).isEqualTo(FinishReason.STOP_STRING);
    assertThat(output.text()).isEqualTo("a #b ");
    assertThat(String.join("", pieces)).isEqualTo("a #b ");
    assertThat(output.outputIds()).hasSize("a #b ###".length());
  }

  @Test
  void handsOutHeldBackTextWhenItWasNoStopString() {
    TextGenerator.Output output = run(script("a##"), 20, List.of("###"));

    assertThat(output.text()).isEqualTo("a##");
    assertThat(String.join("", pieces)).isEqualTo("a##");
    assertThat(pieces).containsExactly("a", "", "", "##");
  }

  @Test
  void cutsAtTheEarlierOfTwoStopStrings() {
    TextGenerator.Output output = run(script("one END two"), 20, List.of("END", "e E"));

    assertThat(output.text()).isEqualTo("on");
  }

  @Test
  void cancelsBeforeThePromptIsRead() {
    FakeBackend backend = script("abc");

    TextGenerator.Output output = run(backend, 10, List.of(), () -> true, recorder);

    assertThat(output.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(output.outputIds()).isEmpty();
    assertThat(backend.appendedPositions()).isZero();
  }

  @Test
  void cancelsAfterTheTokenThatAskedForIt() {
    AtomicBoolean cancelled = new AtomicBoolean();
    GenerationListener listener =
        (id, text) -> {
          pieces.add(text);
          cancelled.set(text.equals("b"));
        };

    TextGenerator.Output output = run(script("abc"), 10, List.of(), cancelled::get, listener);

    assertThat(output.finishReason()).isEqualTo(FinishReason.CANCELLED);
    assertThat(output.text()).isEqualTo("ab").isEqualTo(String.join("", pieces));
  }

  @Test
  void tellsTheListenerEachTokenInOrderAndTheReasonLast() {
    run(script("hi"), 10, List.of());

    int[] ids = AsciiTokenizer.ids("hi");
    assertThat(events)
        .containsExactly("token " + ids[0], "token " + ids[1], "token 2", "finish stop");
  }

  @Test
  void endsWhenTheListenerThrows() {
    GenerationListener listener =
        (id, text) -> {
          throw new IllegalStateException("enough");
        };

    assertThatThrownBy(() -> run(script("abc"), 10, List.of(), () -> false, listener))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("enough");
  }

  @Test
  void keepsAllButTheLastNewTokenInTheCache() {
    try (DecoderSession session = script("abc").openSession(100)) {
      new TextGenerator(tokenizer)
          .generate(session, input(2, List.of(), () -> false, recorder, List.of()));

      assertThat(session.length()).isEqualTo(2 + 1);
    }
  }

  @Test
  void idsBeyondTheTokenizerHaveNoText() {
    int[] ids = {AsciiTokenizer.ids("a")[0], AsciiTokenizer.SIZE + 3, AsciiTokenizer.EOS};
    FakeBackend backend = FakeBackend.scripted(AsciiTokenizer.SIZE + 8, 1, ids);

    TextGenerator.Output output = run(backend, 10, List.of());

    assertThat(output.text()).isEqualTo("a");
    assertThat(output.outputIds()).contains(AsciiTokenizer.SIZE + 3);
  }

  @Test
  void stopStringsAreFoundBesideIdsBeyondTheTokenizer() {
    for (ModelFamily family : ModelFamily.values()) {
      StoppingCriterion criterion =
          StoppingCriterion.keywords(
              family, List.of("b"), tokenizer, List.of(1), OriginalQuirks.NONE);

      assertThat(criterion.accept(AsciiTokenizer.SIZE + 3)).isFalse();
      assertThat(criterion.accept(AsciiTokenizer.ids("b")[0])).isTrue();
    }
  }

  @Test
  void processorsChangeTheLogitsInOrderAndSeeTheHistory() {
    int a = AsciiTokenizer.ids("a")[0];
    LogitsProcessor ban = (logits, history) -> logits[a] = -1;
    LogitsProcessor force =
        (logits, history) -> {
          assertThat(history.promptIds()).containsExactly(1, 5);
          logits[history.size() < 2 ? AsciiTokenizer.ids("z")[0] : AsciiTokenizer.EOS] = 5;
        };
    try (DecoderSession session = script("aaaa").openSession(100)) {
      TextGenerator.Output output =
          new TextGenerator(tokenizer)
              .generate(session, input(9, List.of(), () -> false, recorder, List.of(ban, force)));

      assertThat(output.text()).isEqualTo("zz");
    }
  }

  @Test
  void greedyTakesTheLowestIdAmongEquals() {
    assertThat(Sampler.greedy().next(new float[] {-2, 3, 1, 3})).isEqualTo(1);
    assertThat(Sampler.greedy().next(new float[] {-0.0f, 0.0f})).isZero();
    assertThat(Sampler.greedy().next(new float[] {Float.NEGATIVE_INFINITY, -1})).isEqualTo(1);
  }

  @Test
  void greedyRefusesLogitsThatAreNotNumbers() {
    assertThatThrownBy(() -> Sampler.greedy().next(new float[] {1, Float.NaN}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("id 1");
  }

  private static FakeBackend script(String answer) {
    int[] ids =
        IntStream.concat(
                Arrays.stream(AsciiTokenizer.ids(answer)), IntStream.of(AsciiTokenizer.EOS))
            .toArray();
    return FakeBackend.scripted(AsciiTokenizer.SIZE, 1, ids);
  }

  private TextGenerator.Output run(FakeBackend backend, int maxNewTokens, List<String> stops) {
    return run(backend, maxNewTokens, stops, () -> false, recorder);
  }

  private TextGenerator.Output run(
      FakeBackend backend,
      int maxNewTokens,
      List<String> stops,
      BooleanSupplier cancelled,
      GenerationListener listener) {
    try (DecoderSession session = backend.openSession(100)) {
      return new TextGenerator(tokenizer)
          .generate(session, input(maxNewTokens, stops, cancelled, listener, List.of()));
    }
  }

  private TextGenerator.Input input(
      int maxNewTokens,
      List<String> stops,
      BooleanSupplier cancelled,
      GenerationListener listener,
      List<LogitsProcessor> processors) {
    return new TextGenerator.Input(
        List.of(1, 5),
        List.of(TokenSegment.of(1, 5)),
        List.of(),
        new StopConditions(
            maxNewTokens,
            stops,
            StoppingCriterion.anyOf(stops.stream().map(this::criterion).toList()),
            Set.of(AsciiTokenizer.EOS),
            null,
            cancelled),
        processors,
        List.of(Sampler.greedy()),
        0,
        listener);
  }

  private StoppingCriterion criterion(String stop) {
    StringBuilder text = new StringBuilder();
    return id -> {
      text.append(tokenizer.decode(new int[] {id}, true));
      return text.indexOf(stop) >= 0;
    };
  }
}
