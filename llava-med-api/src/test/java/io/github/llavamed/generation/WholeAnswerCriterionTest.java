package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.tokenizer.AddedToken;
import io.github.llavamed.tokenizer.StreamingDecoder;
import io.github.llavamed.tokenizer.Tokenizer;
import io.github.llavamed.tokenizer.TokenizerRules;
import io.github.llavamed.tokenizer.Tokenizers;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The criterion of v1.0 beside its plain form, which decodes the whole answer at every token. */
class WholeAnswerCriterionTest {
  /** Most ids below this stand for bytes. */
  private static final int BYTES_END = 259;

  private static Tokenizer load(TokenizerRules rules) throws IOException {
    Path text = GoldenFolder.committed("text");
    String directory = rules == TokenizerRules.V1_0_SLOW ? "v10_plain" : "v15_base";
    return Tokenizers.withAddedTokens(
        Tokenizers.load(text.resolve("tokenizers/b_small").resolve(directory), rules),
        List.of(AddedToken.of("<plain>", false), AddedToken.of("<marker>", true)));
  }

  /** The original's words: decode all new ids, look for every keyword, not after the first id. */
  private static boolean plain(
      Tokenizer tokenizer, List<Integer> ids, int count, List<String> keywords) {
    int[] known =
        ids.subList(0, count).stream()
            .mapToInt(Integer::intValue)
            .filter(id -> id < tokenizer.size())
            .toArray();
    String text = tokenizer.decode(known, true);
    return count > 1 && keywords.stream().anyMatch(text::contains);
  }

  /** Ids of all kinds, some of them bytes in a row, a few without a token. */
  private static List<Integer> ids(Random random, Tokenizer tokenizer) {
    List<Integer> ids = new ArrayList<>();
    int count = 1 + random.nextInt(40);
    boolean bytes = false;
    while (ids.size() < count) {
      bytes = random.nextInt(4) == 0 ? !bytes : bytes;
      ids.add(random.nextInt(bytes ? BYTES_END : tokenizer.size() + 2));
    }
    return ids;
  }

  /** Texts of the answer itself, its ends and the marks of broken characters among them. */
  private static List<String> keywords(Random random, Tokenizer tokenizer, List<Integer> ids) {
    List<String> keywords = new ArrayList<>();
    int count = 1 + random.nextInt(3);
    while (keywords.size() < count) {
      int from = random.nextInt(ids.size());
      int to = Math.min(ids.size(), from + 1 + random.nextInt(5));
      int[] some =
          ids.subList(from, to).stream()
              .mapToInt(Integer::intValue)
              .filter(id -> id < tokenizer.size())
              .toArray();
      String text = random.nextInt(5) == 0 ? "\uFFFD" : tokenizer.decode(some, true);
      String keyword = text.substring(text.isEmpty() ? 0 : random.nextInt(text.length()));
      keywords.add(keyword.isEmpty() ? "###" : keyword);
    }
    return keywords;
  }

  @ParameterizedTest
  @EnumSource
  void decidesAsThePlainFormAfterEveryToken(TokenizerRules rules) throws IOException {
    Tokenizer tokenizer = load(rules);
    Random random = new Random(7);
    int stopped = 0;
    for (int run = 0; run < 300; run++) {
      List<Integer> ids = ids(random, tokenizer);
      List<String> keywords = keywords(random, tokenizer, ids);
      StoppingCriterion criterion =
          StoppingCriterion.keywords(
              ModelFamily.LLAVA_V1_0, keywords, tokenizer, List.of(1), OriginalQuirks.NONE);
      for (int i = 0; i < ids.size(); i++) {
        int count = i + 1;
        StoppingCriterion fork = criterion.fork();
        fork.accept(random.nextInt(tokenizer.size())); // It leaves the criterion alone.
        boolean stops = criterion.accept(ids.get(i));
        assertThat(stops)
            .as(() -> "after %d of the ids %s, keywords %s".formatted(count, ids, keywords))
            .isEqualTo(plain(tokenizer, ids, count, keywords));
        stopped += stops ? 1 : 0;
        criterion = random.nextInt(8) == 0 ? criterion.fork() : criterion;
      }
    }
    assertThat(stopped).isGreaterThan(100);
  }

  @ParameterizedTest
  @EnumSource
  void aCopiedDecoderGoesOnByItself(TokenizerRules rules) throws IOException {
    Tokenizer tokenizer = load(rules);
    Random random = new Random(8);
    for (int run = 0; run < 300; run++) {
      List<Integer> ids = ids(random, tokenizer);
      ids.removeIf(id -> id >= tokenizer.size());
      int[] all = ids.stream().mapToInt(Integer::intValue).toArray();
      boolean skips = random.nextBoolean();
      StreamingDecoder decoder = tokenizer.streamingDecoder(skips);
      StringBuilder text = new StringBuilder();
      int place = ids.isEmpty() ? 0 : random.nextInt(ids.size());
      for (int i = 0; i < all.length; i++) {
        if (i == place) {
          StreamingDecoder other = decoder.copy();
          String rest = other.accept(all[0]) + other.finish();
          int[] shorter = new int[i + 1];
          System.arraycopy(all, 0, shorter, 0, i);
          shorter[i] = all[0];
          assertThat(text + rest).isEqualTo(tokenizer.decode(shorter, skips));
        }
        text.append(decoder.accept(all[i]));
      }
      assertThat(text + decoder.finish()).isEqualTo(tokenizer.decode(all, skips));
    }
  }
}
