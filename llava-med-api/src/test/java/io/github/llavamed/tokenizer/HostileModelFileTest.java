package io.github.llavamed.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One test per rule of {@code tokenizer.model}, and damage at every place. */
class HostileModelFileTest {
  @TempDir Path directory;

  private Tokenizer load(byte[] model) throws IOException {
    return load(model, TokenizerLimits.DEFAULTS);
  }

  private Tokenizer load(byte[] model, TokenizerLimits limits) throws IOException {
    Files.write(directory.resolve("tokenizer.model"), model);
    return Tokenizers.load(directory, TokenizerRules.V1_0_SLOW, limits);
  }

  private static byte[] realModel() throws IOException {
    return Files.readAllBytes(
        GoldenFolder.committed("text").resolve("tokenizers/b_small/v15_base/tokenizer.model"));
  }

  @Test
  void readsWhatTheHelperWrites() throws IOException {
    byte[] model = SentencePieceFile.llama().piece("ab", -1, 1).settings().toBytes();

    Tokenizer tokenizer = load(model);

    assertThat(tokenizer.size()).isEqualTo(260);
    assertThat(tokenizer.encode("ab")).containsExactly(1, 229, 153, 132, 259);
  }

  static Stream<Arguments> malformedFiles() {
    SentencePieceFile empty = new SentencePieceFile();
    byte[] one = {1};
    return Stream.of(
        Arguments.of("field number", file().raw((byte) 0, (byte) 0)),
        Arguments.of("a length of", file().varint(1 << 3 | 2).varint(1L << 40)),
        Arguments.of("a length of", file().varint(1 << 3 | 2).varint(-1)),
        Arguments.of("a length of", file().varint(1 << 3 | 2).varint(Integer.MAX_VALUE)),
        Arguments.of("wire type", file().number(1, 5)),
        Arguments.of("wire type", file().varint(9 << 3 | 3)),
        Arguments.of("more bytes", file().varint(9 << 3 | 1).raw(one)),
        Arguments.of("more bytes", file().varint(9 << 3 | 5).raw(one)),
        Arguments.of("at most 10 bytes", file().varint(9 << 3).raw(repeat((byte) 0x80, 11))),
        Arguments.of("empty string", file().piece("", 0, 1)),
        Arguments.of("NaN", file().piece("x", Float.NaN, 1)),
        Arguments.of("type 1 to 6", file().piece("x", 0, 7)),
        Arguments.of("type 1 to 6", file().piece("x", 0, 0)),
        Arguments.of("expected once", file().piece("x", 0, 1).piece("x", -1, 1)),
        Arguments.of("expected once", file().piece("<s>", 0, 1)),
        Arguments.of("unknown piece", file().piece("<unk2>", 0, 2)),
        Arguments.of("UTF-8", file().piece(new byte[] {(byte) 0xC3, 'x'}, 0, 1)),
        Arguments.of("UTF-8", file().piece(new byte[] {(byte) 0xED, (byte) 0xA0, 1}, 0, 1)),
        Arguments.of("bytes", file().piece("x".repeat(4097), 0, 1)),
        Arguments.of("<0x00> to <0xFF>", file().piece("<0xG1>", 0, 6)),
        Arguments.of("found none", empty.settings()),
        Arguments.of(
            "256 byte pieces",
            new SentencePieceFile().piece("<unk>", 0, 2).piece("<0x41>", 0, 6).settings()),
        Arguments.of(
            "without byte_fallback",
            SentencePieceFile.llama().trainer(new SentencePieceFile().number(3, 2))));
  }

  private static SentencePieceFile file() {
    return SentencePieceFile.llama().settings();
  }

  private static byte[] repeat(byte value, int count) {
    byte[] bytes = new byte[count];
    Arrays.fill(bytes, value);
    return bytes;
  }

  @ParameterizedTest
  @MethodSource("malformedFiles")
  void refusesMalformedFilesNamingTheRule(String rule, SentencePieceFile file) {
    assertThatThrownBy(() -> load(file.toBytes()))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("tokenizer.model")
        .hasMessageContaining("expected")
        .hasMessageContaining(rule);
  }

  static Stream<Arguments> unsupportedFiles() {
    SentencePieceFile bpe = new SentencePieceFile().number(3, 2).number(35, 1);
    return Stream.of(
        Arguments.of("model_type", SentencePieceFile.llama().trainer(one(35))),
        Arguments.of(
            "normalizer 'nmt_nfkc'",
            file()
                .normalizer(
                    new SentencePieceFile()
                        .bytes(1, "nmt_nfkc".getBytes())
                        .bytes(2, new byte[] {1, 2, 3}))),
        Arguments.of(
            "denormalizer_spec",
            file().bytes(5, new SentencePieceFile().bytes(2, new byte[] {1}).toBytes())),
        Arguments.of("escape_whitespaces", file().normalizer(new SentencePieceFile().number(5, 0))),
        Arguments.of("treat_whitespace_as_suffix", file().trainer(one(24))),
        Arguments.of("control piece", file().trainer(bpe).piece("Q", 0, 3)));
  }

  private static SentencePieceFile one(int field) {
    return new SentencePieceFile().number(field, 1);
  }

  @ParameterizedTest
  @MethodSource("unsupportedFiles")
  void refusesWhatItDoesNotKnowByName(String name, SentencePieceFile file) {
    assertThatThrownBy(() -> load(file.toBytes()))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(name);
  }

  @Test
  void refusesFilesAndVocabulariesBeyondTheLimits() throws IOException {
    byte[] model = realModel();

    assertThatThrownBy(() -> load(model, new TokenizerLimits(1000, 1000, 100, 10)))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("at most 1000 bytes");
    assertThatThrownBy(() -> load(model, new TokenizerLimits(100_000, 300, 100, 10)))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("at most 300 pieces");
    assertThatThrownBy(() -> load(model, new TokenizerLimits(100_000, 1000, 3, 10)))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("at most 3 bytes");
  }

  @Test
  void refusesTheFileCutAnywhere() throws IOException {
    byte[] model = realModel();

    for (int length = 0; length < model.length; length += 7) {
      byte[] cut = Arrays.copyOf(model, length);
      assertThatThrownBy(() -> load(cut))
          .as("cut at %d", length)
          .isInstanceOf(LlavaMedException.class);
    }
  }

  @Test
  void fallsOnlyIntoItsOwnExceptionsWhenBytesAreChanged() throws IOException {
    byte[] model = realModel();
    Random random = new Random(17);
    int refused = 0;

    for (int round = 0; round < 1500; round++) {
      byte[] damaged = model.clone();
      for (int i = 0; i < 3; i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt(256);
      }
      try {
        load(damaged).encode("The lesion is 12 mm. é中");
      } catch (LlavaMedException e) {
        refused++;
      }
    }

    assertThat(refused).isPositive();
  }
}
