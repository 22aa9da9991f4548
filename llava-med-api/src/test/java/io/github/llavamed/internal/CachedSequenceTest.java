package io.github.llavamed.internal;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.inference.DecoderSession;
import io.github.llavamed.prompt.ImageFeatures;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import io.github.llavamed.testing.FakeBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

class CachedSequenceTest {
  private static final List<ImageFeatures> FEATURES =
      List.of(
          new ImageFeatures(new float[] {1, 2, 3}, 3, 1),
          new ImageFeatures(new float[] {4, 5, 6}, 3, 1));

  private final CachedSequence sequence =
      new CachedSequence(FakeBackend.hashing(50, 3, 3).openSession(100));

  @Test
  void keepsTheCommonPrefixOfTokensAndImageRows() {
    read(List.of(tokens(1, 5), image(0), tokens(6, 7)));

    assertThat(sequence.keepPrefixOf(List.of(tokens(1, 5), image(0), tokens(6, 8, 9))))
        .isEqualTo(6);
    assertThat(sequence.session().length()).isEqualTo(6);
  }

  @Test
  void theSamePositionsInOtherSegmentsAreTheSame() {
    read(List.of(tokens(1), tokens(5), image(0)));

    assertThat(
            sequence.keepPrefixOf(
                List.of(
                    tokens(1, 5), new ImageSegment(0, 0, 1), new ImageSegment(0, 1, 2), tokens(9))))
        .isEqualTo(5);
  }

  @Test
  void anotherImageIsAnotherPrefix() {
    read(List.of(tokens(1), image(0), tokens(6)));

    assertThat(sequence.keepPrefixOf(List.of(tokens(1), image(1), tokens(6)))).isEqualTo(1);
  }

  @Test
  void leavesTheLastPositionToBeReadAgain() {
    read(List.of(tokens(1, 5, 6)));

    assertThat(sequence.keepPrefixOf(List.of(tokens(1, 5, 6)))).isEqualTo(2);
  }

  @Test
  void anEmptyCacheHasNoPrefix() {
    assertThat(sequence.keepPrefixOf(List.of(tokens(1, 5)))).isZero();
  }

  @Test
  void generatedIdsBelongToThePrefix() {
    DecoderSession session = sequence.session();
    List<InputSegment> prompt = List.of(tokens(1, 5));
    session.append(prompt, List.of());
    session.append(List.of(tokens(9)), List.of());
    sequence.note(prompt, List.of(9, 2));

    assertThat(sequence.keepPrefixOf(List.of(tokens(1, 5, 9, 2, 7)))).isEqualTo(3);
  }

  @Test
  void rollingBackLeavesWhatWasKept() {
    read(List.of(tokens(1, 5, 6)));
    int kept = sequence.keepPrefixOf(List.of(tokens(1, 5, 8, 9)));
    sequence.session().append(List.of(tokens(8, 9)), List.of());

    sequence.rollBack();

    assertThat(sequence.session().length()).isEqualTo(kept).isEqualTo(2);
    assertThat(sequence.keepPrefixOf(List.of(tokens(1, 5, 8, 9)))).isEqualTo(2);
  }

  @Test
  void dropsPositionsInsideTokensAndInsideImages() {
    List<InputSegment> segments = List.of(tokens(1, 5), image(0), tokens(6));

    assertThat(CachedSequence.dropFirst(segments, 0)).isEqualTo(segments);
    assertThat(CachedSequence.dropFirst(segments, 1))
        .containsExactly(tokens(5), image(0), tokens(6));
    assertThat(CachedSequence.dropFirst(segments, 2)).containsExactly(image(0), tokens(6));
    assertThat(CachedSequence.dropFirst(segments, 4))
        .containsExactly(new ImageSegment(0, 2, 1), tokens(6));
    assertThat(CachedSequence.dropFirst(segments, 5)).containsExactly(tokens(6));
    assertThat(CachedSequence.dropFirst(segments, 6)).isEmpty();
  }

  private void read(List<InputSegment> segments) {
    sequence.session().append(segments, FEATURES);
    sequence.note(segments, List.of());
  }

  private static TokenSegment tokens(int... ids) {
    return TokenSegment.of(ids);
  }

  private static ImageSegment image(int index) {
    return new ImageSegment(index, 0, 3);
  }
}
