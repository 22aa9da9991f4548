package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.training.InvalidTrainingDataException;
import org.junit.jupiter.api.Test;

class ImageSpansTest {
  private static final int P = 10;
  private static final int S = 11;
  private static final int E = 12;
  private final ImageSpans marked = new ImageSpans(P, S, E, 2);
  private final ImageSpans plain = new ImageSpans(P, -1, -1, 2);

  private static void refuses(ImageSpans spans, String message, int... ids) {
    assertThatThrownBy(() -> spans.find(5, ids))
        .isInstanceOf(InvalidTrainingDataException.class)
        .hasMessageContaining("sample 5")
        .hasMessageContaining(message);
  }

  @Test
  void findsImagesBetweenMarkers() {
    assertThat(marked.find(0, new int[] {1, S, P, P, E, 3})).containsExactly(2);
    assertThat(marked.find(0, new int[] {S, P, P, E, S, P, P, E})).containsExactly(1, 5);
    assertThat(marked.find(0, new int[] {1, S, E, 3})).isEmpty(); // no patch: text
  }

  @Test
  void findsImagesWithoutMarkers() {
    assertThat(plain.find(0, new int[] {1, P, P, 4})).containsExactly(1);
    assertThat(plain.find(0, new int[] {1, 2})).isEmpty();
  }

  @Test
  void refusesWhatDoesNotFit() {
    refuses(marked, "image start tokens and image end tokens should be the same", 1, S, P, P);
    refuses(marked, "end token should follow", 1, S, P, E, 4);
    refuses(marked, "end token should follow", E, S, P, P);
    refuses(marked, "end token should follow", S, P, 7, E);
    refuses(marked, "found no marker", 1, P, P);
    refuses(plain, "same as the number of image patches", 1, P, 4);
    refuses(plain, "should be consecutive", 1, P, 4, P);
  }
}
