package io.github.llavamed.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Rules that the golden directories do not touch: flags of added tokens, user-defined and unused
 * pieces.
 *
 * <p>The expected ids were computed with transformers 4.28.1 and 4.36.2 and sentencepiece 0.1.99 on
 * the same files.
 */
class TokenizerRulesTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir Path directory;

  private void copy(String name) throws IOException {
    Path source = GoldenFolder.committed("text").resolve("tokenizers/b_small").resolve(name);
    try (Stream<Path> files = Files.list(source)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName().toString()));
      }
    }
  }

  private static ObjectNode token(String content, String flag, boolean special) {
    return JSON.createObjectNode()
        .put("content", content)
        .put("special", special)
        .put("normalized", content.equals("<x>"))
        .put(flag, true);
  }

  /** Three added tokens that strip or stand alone, and two special tokens without a role. */
  private void writeFlags() throws IOException {
    copy("v15_base");
    Path file = directory.resolve("tokenizer_config.json");
    ObjectNode config = (ObjectNode) JSON.readTree(file.toFile());
    ObjectNode decoder = (ObjectNode) config.get("added_tokens_decoder");
    decoder.set("620", token("<x>", "lstrip", false));
    decoder.set("621", token("<y>", "rstrip", true));
    decoder.set("622", token("word", "single_word", false));
    config.putArray("additional_special_tokens").add("<y>").add("<z>");
    Files.writeString(file, config.toString());
  }

  private static int[] ids(String text) {
    return Stream.of(text.split(" ")).mapToInt(Integer::parseInt).toArray();
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a <x> b,1 262 620 565 280,1 262 620 280",
        "a <y> b,1 262 565 621 280,1 262 565 621 280",
        "wordy word word,1 281 270 578 582 565 622 302 622,1 281 270 578 582 565 622 302 622",
        "sword word.,1 265 583 270 578 302 281 270 578 586,1 265 583 270 578 565 622 565 586",
        "a\u3000<z>\u00a0b,1 262 230 131 131 623 565 197 163 584,"
            + "1 262 230 131 131 623 565 197 163 584",
        "x <x><y> word ,1 565 592 620 621 622 302,1 565 592 620 621 622 302"
      })
  void followsTheFlagsOfAddedTokens(String text, String slow, String fast) throws IOException {
    writeFlags();

    assertThat(Tokenizers.load(directory, TokenizerRules.V1_5_SLOW).encode(text))
        .isEqualTo(ids(slow));
    assertThat(Tokenizers.load(directory, TokenizerRules.V1_5_FAST).encode(text))
        .isEqualTo(ids(fast));
  }

  @ParameterizedTest
  @CsvSource(
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "a <y> b,1 262 621 565 280",
        "a\u3000<z>\u00a0b,1 262 620 280",
        "</s> a,1 2 262",
        "x <x><y> word ,1 565 592 565 63 592 65 621 565 281 270 578 565"
      })
  void stripsByTheKindOfDeclarationInTheSpecialTokensMap(String text, String expected)
      throws IOException {
    copy("v10_plain");
    Path file = directory.resolve("special_tokens_map.json");
    ObjectNode map = (ObjectNode) JSON.readTree(file.toFile());
    map.put("eos_token", "</s>");
    map.putArray("additional_special_tokens")
        .add("<z>")
        .add(JSON.createObjectNode().put("content", "<y>").put("lstrip", true));
    Files.writeString(file, map.toString());

    assertThat(Tokenizers.load(directory, TokenizerRules.V1_0_SLOW).encode(text))
        .isEqualTo(ids(expected));
  }

  @Test
  void keepsUserDefinedPiecesWholeAndTakesUnusedOnesApart() throws IOException {
    byte[] model =
        SentencePieceFile.llama()
            .piece("ab", -1, SentencePieceFile.NORMAL)
            .piece("bc", -1, SentencePieceFile.NORMAL)
            .piece("abc", -2, SentencePieceFile.UNUSED)
            .piece("a", -5, SentencePieceFile.NORMAL)
            .piece("b", -6, SentencePieceFile.NORMAL)
            .piece("c", -7, SentencePieceFile.NORMAL)
            .piece("\u2581", -8, SentencePieceFile.NORMAL)
            .piece("xaby", 0, SentencePieceFile.USER_DEFINED)
            .piece("\u2581ab", -3, SentencePieceFile.NORMAL)
            .piece("cc", -4, SentencePieceFile.UNUSED)
            .settings()
            .toBytes();
    Files.write(directory.resolve("tokenizer.model"), model);
    Tokenizer tokenizer = Tokenizers.load(directory, TokenizerRules.V1_0_SLOW);

    assertThat(List.of("abc", "bcab", "ccc", "axabyb", "xxabyaby", "abcabc", "z", " ab"))
        .extracting(text -> tokenizer.encode(text, false))
        .containsExactly(
            new int[] {265, 259, 264},
            new int[] {265, 260, 259},
            new int[] {265, 264, 264, 264},
            new int[] {265, 262, 266, 263},
            new int[] {265, 123, 266, 259, 124},
            new int[] {265, 259, 264, 259, 264},
            new int[] {265, 125},
            new int[] {265, 267});
  }
}
