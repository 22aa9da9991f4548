package io.github.llavamed.demo.vocabulary;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.demo.dataset.TrainingTexts;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.tokenizer.TokenizerRules;
import io.github.llavamed.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BpeVocabularyTest {
  @Test
  void joinsTheMostFrequentPairFirst() {
    assertThat(BpeVocabulary.learn(List.of("ab", "ab", "ac"), 6))
        .containsExactly("\u2581a", "\u2581ab", "a", "\u2581", "b", "c");
  }

  @Test
  void ofEquallyFrequentPairsJoinsTheOneThatSortsFirst() {
    assertThat(BpeVocabulary.learn(List.of("xy", "ab"), 6)).first().isEqualTo("ab");
  }

  @Test
  void piecesDoNotCrossBlanksAndDigitsStayAlone() {
    List<String> pieces = BpeVocabulary.learn(List.of("a b a b 12 12 12"), 100);

    assertThat(pieces).contains("\u2581a", "\u2581b", "1", "2").doesNotContain("12", "\u25811");
    assertThat(pieces).noneMatch(piece -> piece.lastIndexOf('\u2581') > 0);
  }

  @Test
  void endsWhenNothingIsLeftToJoin() {
    assertThat(BpeVocabulary.learn(List.of("aa"), 100)).hasSize(4);
  }

  @Test
  void rejectsAVocabularyWithoutRoomForTheCharacters() {
    assertThatThrownBy(() -> BpeVocabulary.learn(List.of("abc"), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("at least the 4 distinct characters of the texts, found 2");
  }

  @Test
  void theTokenizerReadsTheFileAndGivesTextsBack(@TempDir Path directory) throws IOException {
    List<String> corpus = TrainingTexts.corpus(0);
    List<String> pieces = BpeVocabulary.learn(corpus, 640 - SentencePieceFile.FIXED_PIECES);
    Files.write(directory.resolve("tokenizer.model"), SentencePieceFile.of(pieces));
    Tokenizer tokenizer = Tokenizers.load(directory, TokenizerRules.V1_5_FAST);

    for (String text : corpus.subList(0, 200)) {
      assertThat(tokenizer.decode(tokenizer.encode(text), true)).isEqualTo(text);
    }
    assertThat(tokenizer.encode("What modality is this?")).hasSize(6);
    assertThat(tokenizer.decode(tokenizer.encode("Zürich \uD83E\uDE7B"), true))
        .isEqualTo("Zürich \uD83E\uDE7B");
  }
}
