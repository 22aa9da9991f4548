package io.github.llavamed.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A {@code tokenizer.json} that lost the dummy prefix of the slow tokenizer it was made from. */
class ConvertedTokenizerTest {
  private static final String TEXT = "[INST] <image>\nIs it a <image> scan? [/INST]";

  @TempDir private Path directory;
  private Tokenizer slow;

  @BeforeEach
  void copyWithoutModel() throws IOException {
    Path source = GoldenFolder.committed("model").resolve("hf-mistral/checkpoint");
    slow = Tokenizers.load(source, TokenizerRules.HF_SLOW);
    for (String name : new String[] {"tokenizer.json", "tokenizer_config.json"}) {
      Files.copy(source.resolve(name), directory.resolve(name));
    }
  }

  @Test
  void hasTheIdsOfTheSlowTokenizer() throws IOException {
    Tokenizer converted = Tokenizers.load(directory, TokenizerRules.HF_SLOW_CONVERTED);

    assertThat(converted.encode(TEXT)).isEqualTo(slow.encode(TEXT));
    assertThat(Tokenizers.load(directory, TokenizerRules.HF_FAST).encode(TEXT))
        .as("read as it stands")
        .isNotEqualTo(slow.encode(TEXT));
  }

  @Test
  void hasTheTextsOfTheSlowTokenizer() throws IOException {
    Tokenizer converted = Tokenizers.load(directory, TokenizerRules.HF_SLOW_CONVERTED);
    int[] invalid = new int[12];
    for (int i = 0; i < invalid.length; i++) {
      String piece = new String[] {"<0xE2>", "<0x41>", "<0xC3>", "<0xA9>"}[i % 4];
      invalid[i] = slow.idOf(piece).orElseThrow();
    }

    assertThat(converted.decode(invalid, true))
        .isEqualTo(slow.decode(invalid, true))
        .isEqualTo("\uFFFDA\u00e9".repeat(3));
    int[] words = slow.encode("Is it a scan?");
    assertThat(converted.decode(words, true)).isEqualTo("Is it a scan?");
  }

  @Test
  void keepsTheFileWhereTheConfigurationSaysNothing() throws IOException {
    Path config = directory.resolve("tokenizer_config.json");
    Files.writeString(config, Files.readString(config).replace("\"add_prefix_space\": null,", ""));

    assertThat(Tokenizers.load(directory, TokenizerRules.HF_SLOW_CONVERTED).encode(TEXT))
        .isEqualTo(Tokenizers.load(directory, TokenizerRules.HF_FAST).encode(TEXT));
  }
}
