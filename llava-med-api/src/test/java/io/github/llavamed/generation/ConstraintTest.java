package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.generation.internal.ConstraintProcessor;
import io.github.llavamed.generation.internal.TokenBytes;
import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.FakeBackend;
import io.github.llavamed.testing.HashedLogits;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConstraintTest {
  private static final AsciiTokenizer TOKENIZER = new AsciiTokenizer();
  private static final Set<Integer> END = Set.of(AsciiTokenizer.EOS);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "yes|no",
        "[0-9]{1,3} ?%",
        "(left|right)( (upper|lower))? lobe",
        "[A-Z][a-z]{0,5}[.!?]",
        "\\d+\\.\\d",
        "a{3}b*c",
        "(ab){2,4}"
      })
  void everyAnswerOfRandomLogitsIsAMatchOrItsBeginning(String pattern) {
    OutputConstraint constraint = OutputConstraint.matching(pattern);
    Set<String> answers = new HashSet<>();
    for (int seed = 0; seed < 25; seed++) {
      GeneratedSequence answer = answer(constraint, seed, 30, Sampler.random(seed, 0));

      if (answer.finishReason() == FinishReason.STOP) {
        assertThat(constraint.isMatchedBy(answer.text())).as(answer.text()).isTrue();
        assertThat(answer.text()).matches(pattern);
        answers.add(answer.text());
      } else {
        assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
      }
    }
    assertThat(answers).as("whole answers").isNotEmpty();
  }

  @Test
  void choicesThatBeginAlikeAreAllPossible() {
    List<String> choices = List.of("a", "ab", "abc", "b");
    OutputConstraint constraint = OutputConstraint.oneOf(choices);
    Set<String> found = new HashSet<>();
    for (int seed = 0; seed < 200; seed++) {
      GeneratedSequence answer = answer(constraint, seed, 10, Sampler.random(seed, 0));
      assertThat(answer.finishReason()).isEqualTo(FinishReason.STOP);
      found.add(answer.text());
    }

    assertThat(found).containsExactlyInAnyOrderElementsOf(choices);
  }

  @Test
  void anAnswerThatIsCutIsTheBeginningOfAMatch() {
    GeneratedSequence answer =
        answer(OutputConstraint.matching("[a-z]{9}!"), 3, 4, Sampler.greedy());

    assertThat(answer.finishReason()).isEqualTo(FinishReason.LENGTH);
    assertThat(answer.text()).matches("[a-z]{4}");
  }

  @Test
  void aChoiceThatTheTokenizerChangesIsRefused() {
    assertThatThrownBy(() -> processor(OutputConstraint.oneOf(List.of("naïve"))))
        .isInstanceOf(ConstraintException.class)
        .hasMessageContaining("choice 'naïve': this tokenizer reads it as 'nave'");
  }

  @Test
  void aModelWithoutAnEndCannotKeepToAConstraint() {
    assertThatThrownBy(
            () ->
                ConstraintProcessor.of(
                    OutputConstraint.matching("a"),
                    TOKENIZER,
                    () -> TokenBytes.of(TOKENIZER),
                    Set.of()))
        .isInstanceOf(ConstraintException.class)
        .hasMessageContaining("end-of-sequence");
  }

  @Test
  void whatNoTokenCanWriteIsAClearError() {
    assertThatThrownBy(() -> answer(OutputConstraint.matching("a€"), 1, 5, Sampler.greedy()))
        .isInstanceOf(NoTokenLeftException.class)
        .hasMessageContaining("after 1 tokens");
  }

  @Test
  void emptyChoicesAreRefused() {
    assertThatThrownBy(() -> OutputConstraint.oneOf(List.of()))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> OutputConstraint.oneOf(List.of("a", "")))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static LogitsProcessor processor(OutputConstraint constraint) {
    return ConstraintProcessor.of(constraint, TOKENIZER, () -> TokenBytes.of(TOKENIZER), END);
  }

  private static GeneratedSequence answer(
      OutputConstraint constraint, int seed, int maxNewTokens, Sampler sampler) {
    FakeBackend backend =
        FakeBackend.withLogits(
            AsciiTokenizer.SIZE + 3,
            1,
            new HashedLogits(AsciiTokenizer.SIZE + 3, seed, AsciiTokenizer.EOS, 1));
    TextGenerator.Input input =
        new TextGenerator.Input(
            List.of(1, 5),
            List.of(TokenSegment.of(1, 5)),
            List.of(),
            new StopConditions(
                maxNewTokens, List.of(), StoppingCriterion.never(), END, null, () -> false),
            List.of(processor(constraint)),
            List.of(sampler),
            0,
            GenerationListener.none());
    try (DecoderSession session = backend.openSession(100)) {
      return new TextGenerator(TOKENIZER).generate(session, input).sequences().get(0);
    }
  }
}
