package io.github.llavamed.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What holds for every text and every list of ids, on seeded random ones. */
class TokenizerPropertiesTest {
  private static final List<String> WORDS =
      List.of("The", "lesion", "is", "12", "mm", "in", "the", "left", "lobe.", "é", "中文", "😀");

  private static Tokenizer load(TokenizerRules rules) throws IOException {
    Path text = GoldenFolder.committed("text");
    String directory = rules == TokenizerRules.V1_0_SLOW ? "v10_plain" : "v15_base";
    return Tokenizers.load(text.resolve("tokenizers/b_small").resolve(directory), rules);
  }

  private static String words(Random random, int count) {
    StringBuilder text = new StringBuilder(WORDS.get(random.nextInt(WORDS.size())));
    for (int i = 1; i < count; i++) {
      text.append(random.nextInt(9) == 0 ? "\n" : " ");
      text.append(WORDS.get(random.nextInt(WORDS.size())));
    }
    return text.toString();
  }

  @ParameterizedTest
  @EnumSource
  void decodesWhatItEncodes(TokenizerRules rules) throws IOException {
    Tokenizer tokenizer = load(rules);
    Random random = new Random(1);

    for (int i = 0; i < 300; i++) {
      String text = words(random, 1 + random.nextInt(30));
      assertThat(tokenizer.decode(tokenizer.encode(text), true)).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @EnumSource
  void encodesAnyCharsToIdsInRange(TokenizerRules rules) throws IOException {
    Tokenizer tokenizer = load(rules);
    Random random = new Random(2);

    for (int i = 0; i < 500; i++) {
      char[] chars = new char[random.nextInt(40)];
      for (int c = 0; c < chars.length; c++) {
        int limit = random.nextInt(3) == 0 ? 0x10000 : 0x100;
        chars[c] =
            random.nextInt(6) == 0
                ? (char) (0xD800 + random.nextInt(0x800))
                : (char) random.nextInt(limit);
      }
      int[] ids = tokenizer.encode(new String(chars));
      for (int id : ids) {
        assertThat(id).isBetween(0, tokenizer.size() - 1);
      }
      assertThat(tokenizer.decode(ids, false)).isNotNull();
    }
  }

  @ParameterizedTest
  @EnumSource
  void treatsLoneSurrogatesAsReplacementCharacters(TokenizerRules rules) throws IOException {
    Tokenizer tokenizer = load(rules);

    assertThat(tokenizer.encode("a\uD83Db\uDE00")).isEqualTo(tokenizer.encode("a\uFFFDb\uFFFD"));
  }

  @ParameterizedTest
  @EnumSource
  void streamsTheTextThatItDecodes(TokenizerRules rules) throws IOException {
    Tokenizer tokenizer = Tokenizers.withAddedTokens(load(rules), GoldenTokenizers.MARKERS);
    Random random = new Random(3);

    for (int i = 0; i < 500; i++) {
      int[] ids = new int[random.nextInt(25)];
      for (int k = 0; k < ids.length; k++) {
        ids[k] = random.nextInt(random.nextBoolean() ? 259 : tokenizer.size());
      }
      for (boolean skip : new boolean[] {true, false}) {
        StreamingDecoder decoder = tokenizer.streamingDecoder(skip);
        StringBuilder text = new StringBuilder();
        for (int id : ids) {
          String piece = decoder.accept(id);
          assertThat(piece.codePoints().noneMatch(TokenizerPropertiesTest::isSurrogate)).isTrue();
          text.append(piece);
        }
        text.append(decoder.finish());
        assertThat(text.toString()).isEqualTo(tokenizer.decode(ids, skip));
      }
    }
  }

  private static boolean isSurrogate(int c) {
    return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
  }

  @ParameterizedTest
  @EnumSource
  void knowsEachIdByItsToken(TokenizerRules rules) throws IOException {
    Tokenizer tokenizer = Tokenizers.withAddedTokens(load(rules), GoldenTokenizers.MARKERS);

    for (int id = 0; id < tokenizer.size(); id++) {
      assertThat(tokenizer.idOf(tokenizer.tokenOf(id))).hasValue(id);
    }
    assertThat(tokenizer.idOf("no such piece")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void refusesIdsOutOfRange(TokenizerRules rules) throws IOException {
    Tokenizer tokenizer = load(rules);

    for (int id : new int[] {-200, -1, tokenizer.size()}) {
      assertThatThrownBy(() -> tokenizer.decode(new int[] {id}, true))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("expected 0 to");
      assertThatThrownBy(() -> tokenizer.tokenOf(id)).isInstanceOf(IllegalArgumentException.class);
    }
  }

  @ParameterizedTest
  @EnumSource
  void addsTokensAfterTheLastAndKeepsKnownOnes(TokenizerRules rules) throws IOException {
    Tokenizer plain = load(rules);
    Tokenizer marked = Tokenizers.withAddedTokens(plain, GoldenTokenizers.MARKERS);
    Tokenizer again = Tokenizers.withAddedTokens(marked, GoldenTokenizers.MARKERS);

    assertThat(plain.size()).isEqualTo(620);
    assertThat(marked.size()).isEqualTo(623);
    assertThat(marked.idOf("<im_patch>")).hasValue(620);
    assertThat(marked.idOf("<im_end>")).hasValue(622);
    assertThat(again.size()).isEqualTo(623);
    assertThat(again.encode("a<im_start>b")).isEqualTo(marked.encode("a<im_start>b"));
    assertThat(plain.idOf("<im_patch>")).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void encodesAndDecodesAMegabyteInTime(TokenizerRules rules) throws IOException {
    Tokenizer tokenizer = load(rules);
    int million = 1_000_000;
    List<String> texts =
        List.of(
            words(new Random(4), 250_000),
            "a".repeat(million),
            " ".repeat(million),
            "<s>".repeat(million / 3),
            "<".repeat(million),
            "中".repeat(million / 3));

    for (String text : texts) {
      assertThat(text.getBytes(StandardCharsets.UTF_8)).hasSizeGreaterThan(900_000);
      long start = System.nanoTime();
      int[] ids = tokenizer.encode(text);
      tokenizer.decode(ids, true);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
    }
  }

  @Test
  void acceptsOnlyItsOwnTokenizersForAdding() {
    Tokenizer other = new ForeignTokenizer();

    assertThatThrownBy(() -> Tokenizers.withAddedTokens(other, GoldenTokenizers.MARKERS))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("ForeignTokenizer");
  }

  @Test
  void padsForeignTokenizersToo() {
    TokenBatch batch = TokenBatch.encode(new ForeignTokenizer(), List.of("abc", "a"), 2, 9);

    assertThat(batch.inputIds()).isDeepEqualTo(new int[][] {{0, 1}, {0, 9}});
    assertThat(batch.attentionMask()).isDeepEqualTo(new int[][] {{1, 1}, {1, 0}});
    assertThatThrownBy(() -> TokenBatch.encode(new ForeignTokenizer(), List.of("a"), 2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("padding token");
    assertThatThrownBy(() -> TokenBatch.encode(new ForeignTokenizer(), List.of("a"), 0, 9))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
