package io.github.llavamed.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** One test per rule of the JSON files of a tokenizer directory. */
class HostileJsonFilesTest {
  private static final ObjectMapper JSON =
      JsonMapper.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  @TempDir Path directory;

  @BeforeEach
  void copyGoodFiles() throws IOException {
    Path good = GoldenFolder.committed("text").resolve("tokenizers/b_small/v15_marked");
    try (Stream<Path> files = Files.list(good)) {
      for (Path file : files.toList()) {
        Files.copy(file, directory.resolve(file.getFileName().toString()));
      }
    }
  }

  private void change(String name, Consumer<ObjectNode> change) throws IOException {
    Path file = directory.resolve(name);
    ObjectNode node = (ObjectNode) JSON.readTree(file.toFile());
    change.accept(node);
    Files.writeString(file, JSON.writeValueAsString(node));
  }

  private Tokenizer loadFast() throws IOException {
    return Tokenizers.load(directory, TokenizerRules.V1_5_FAST);
  }

  @Test
  void readsTheGoodFiles() throws IOException {
    assertThat(loadFast().size()).isEqualTo(623);
  }

  /** A change of {@code tokenizer.json} that breaks one rule. */
  private static Arguments json(String rule, Consumer<ObjectNode> change) {
    return Arguments.of(rule, change);
  }

  private static ObjectNode model(ObjectNode file) {
    return (ObjectNode) file.get("model");
  }

  private static ObjectNode vocab(ObjectNode file) {
    return (ObjectNode) model(file).get("vocab");
  }

  private static ArrayNode merges(ObjectNode file) {
    return (ArrayNode) model(file).get("merges");
  }

  static Stream<Arguments> malformedFastFiles() {
    return Stream.of(
        json("model: expected an object", file -> file.remove("model")),
        json("vocab: expected an object", file -> model(file).put("vocab", 1)),
        json("vocab: expected 1 to", file -> model(file).putObject("vocab")),
        json("once", file -> vocab(file).put("in", 3)),
        json("once", file -> vocab(file).put("in", -1)),
        json("once", file -> vocab(file).put("in", Integer.MAX_VALUE)),
        json("32 bits", file -> vocab(file).put("in", 1L << 40)),
        json("32 bits", file -> vocab(file).put("in", "259")),
        json("empty string", file -> vocab(file).put("", 620)),
        json("surrogate", file -> vocab(file).put("\uD800", 620)),
        json("bytes of text", file -> vocab(file).put("x".repeat(4097), 620)),
        json("merges: expected an array", file -> model(file).put("merges", "i n")),
        json("one missing", file -> merges(file).add("nope nope")),
        json("one space", file -> merges(file).add("a b c")),
        json("one space", file -> merges(file).add(7)),
        json("one space", file -> merges(file).addArray().add("i")),
        json("unk_token", file -> model(file).put("unk_token", "<none>")),
        json("byte_fallback", file -> model(file).put("byte_fallback", "yes")),
        json("added_tokens", file -> file.remove("added_tokens")),
        json("expected id", file -> ((ObjectNode) file.get("added_tokens").get(4)).put("id", 900)),
        json("content", file -> ((ObjectNode) file.get("added_tokens").get(4)).remove("content")),
        json(
            "the one id of <s>",
            file ->
                ((ArrayNode) file.at("/post_processor/special_tokens/<s>/ids")).removeAll().add(7)),
        json("single", file -> ((ObjectNode) file.get("post_processor")).putArray("single")),
        json("decoder", file -> file.remove("decoder")));
  }

  @ParameterizedTest
  @MethodSource("malformedFastFiles")
  void refusesMalformedFastFiles(String rule, Consumer<ObjectNode> change) throws IOException {
    change("tokenizer.json", change);

    assertThatThrownBy(this::loadFast)
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining(rule);
  }

  static Stream<Arguments> unsupportedFastFiles() {
    return Stream.of(
        json("WordPiece", file -> model(file).put("type", "WordPiece")),
        json("dropout", file -> model(file).put("dropout", 0.1)),
        json("end_of_word_suffix", file -> model(file).put("end_of_word_suffix", "</w>")),
        json("ignore_merges", file -> model(file).put("ignore_merges", true)),
        json("NFKC", file -> file.putObject("normalizer").put("type", "NFKC")),
        json(
            "pattern",
            file ->
                file.putObject("normalizer")
                    .put("type", "Replace")
                    .put("content", "")
                    .putObject("pattern")
                    .put("Regex", " {2,}")),
        json("ByteLevel", file -> file.putObject("pre_tokenizer").put("type", "ByteLevel")),
        json(
            "BertProcessing",
            file -> file.putObject("post_processor").put("type", "BertProcessing")),
        json("ByteLevel", file -> file.putObject("decoder").put("type", "ByteLevel")),
        json(
            "in this order",
            file -> ((ArrayNode) file.at("/decoder/decoders")).addObject().put("type", "Fuse")));
  }

  @ParameterizedTest
  @MethodSource("unsupportedFastFiles")
  void refusesFastFilesThatItDoesNotKnowByName(String name, Consumer<ObjectNode> change)
      throws IOException {
    change("tokenizer.json", change);

    assertThatThrownBy(this::loadFast)
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("tokenizer.json")
        .hasMessageContaining(name);
  }

  static Stream<Arguments> malformedConfigs() {
    return Stream.of(
        json("add_bos_token", file -> file.put("add_bos_token", "yes")),
        json("bos_token", file -> file.put("bos_token", 1)),
        json("tokenizer_class", file -> file.put("tokenizer_class", 1)),
        json("an id as key", file -> decoder(file).set("x", decoder(file).get("2"))),
        json("expected id", file -> decoder(file).set("900", decoder(file).remove("622"))),
        json("expected id", file -> decoder(file).set("5", decoder(file).remove("622"))),
        json("additional_special_tokens", file -> file.put("additional_special_tokens", "x")));
  }

  private static ObjectNode decoder(ObjectNode file) {
    return (ObjectNode) file.get("added_tokens_decoder");
  }

  @ParameterizedTest
  @MethodSource("malformedConfigs")
  void refusesMalformedConfigurations(String rule, Consumer<ObjectNode> change) throws IOException {
    change("tokenizer_config.json", change);

    for (TokenizerRules rules :
        new TokenizerRules[] {TokenizerRules.V1_5_FAST, TokenizerRules.V1_5_SLOW}) {
      assertThatThrownBy(() -> Tokenizers.load(directory, rules))
          .isInstanceOf(MalformedTokenizerException.class)
          .hasMessageContaining("tokenizer_config.json")
          .hasMessageContaining(rule);
    }
  }

  static Stream<Arguments> unsupportedConfigs() {
    return Stream.of(
        json("GPT2Tokenizer", file -> file.put("tokenizer_class", "GPT2Tokenizer")),
        json("clean_up", file -> file.put("clean_up_tokenization_spaces", true)),
        json("legacy", file -> file.put("legacy", false)));
  }

  @ParameterizedTest
  @MethodSource("unsupportedConfigs")
  void refusesConfigurationsThatItDoesNotKnowByName(String name, Consumer<ObjectNode> change)
      throws IOException {
    change("tokenizer_config.json", change);

    assertThatThrownBy(() -> Tokenizers.load(directory, TokenizerRules.V1_5_SLOW))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("tokenizer_config.json")
        .hasMessageContaining(name);
  }

  static Stream<Arguments> malformedAddedTokens() {
    return Stream.of(
        Arguments.of("{\"<a>\": 620, \"<b>\": 622}", "consecutive"),
        Arguments.of("{\"<a>\": 620, \"<b>\": 620}", "once"),
        Arguments.of("{\"in\": 620}", "no pieces"),
        Arguments.of("{\"<a>\": \"620\"}", "32 bits"),
        Arguments.of("{\"<a>\": 620, \"<a>\": 621}", "Duplicate"),
        Arguments.of("[1]", "a JSON object"),
        Arguments.of("{\"<a>\": 620} x", "one JSON object"),
        Arguments.of("{\"<a>\": 620", "one JSON object"),
        Arguments.of("", "a JSON object"),
        Arguments.of("{\"a\":".repeat(100), "one JSON object"));
  }

  @ParameterizedTest
  @MethodSource("malformedAddedTokens")
  void refusesMalformedAddedTokens(String content, String rule) throws IOException {
    Files.writeString(directory.resolve("added_tokens.json"), content);

    assertThatThrownBy(() -> Tokenizers.load(directory, TokenizerRules.V1_0_SLOW))
        .isInstanceOf(MalformedTokenizerException.class)
        .hasMessageContaining("added_tokens.json")
        .hasMessageContaining(rule);
  }

  @Test
  void refusesTheFastFileCutAnywhere() throws IOException {
    String whole = Files.readString(directory.resolve("tokenizer.json")).stripTrailing();

    for (int length = 0; length < whole.length(); length += 211) {
      Files.writeString(directory.resolve("tokenizer.json"), whole.substring(0, length));
      assertThatThrownBy(this::loadFast).isInstanceOf(LlavaMedException.class);
    }
  }

  @Test
  void namesTheDirectoryAndTheFilesThatItLookedFor(@TempDir Path empty) {
    assertThatThrownBy(() -> Tokenizers.load(empty, TokenizerRules.V1_5_FAST))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(empty.toString())
        .hasMessageContaining("tokenizer.json or tokenizer.model");
    assertThatThrownBy(() -> Tokenizers.load(empty, TokenizerRules.V1_0_SLOW))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining(empty.toString())
        .hasMessageContaining("tokenizer.model");
  }

  @Test
  void needsTheModelWhereTheConfigurationOverridesThePrefix() throws IOException {
    change("tokenizer_config.json", file -> file.put("add_prefix_space", true));
    Files.delete(directory.resolve("tokenizer.model"));

    assertThatThrownBy(() -> Tokenizers.load(directory, TokenizerRules.HF_FAST))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("tokenizer.model");
  }

  @Test
  void takesTheControlPiecesWhereSpecialTokensAreBlank() throws IOException {
    change(
        "tokenizer_config.json",
        file -> {
          file.put("bos_token", "");
          file.put("eos_token", " ");
          file.put("unk_token", "");
          file.remove("pad_token");
          file.remove("added_tokens_decoder");
          file.put("tokenizer_class", "LLaMATokenizer");
        });
    Files.writeString(directory.resolve("special_tokens_map.json"), "{\"bos_token\": \"\"}");
    Files.delete(directory.resolve("added_tokens.json"));
    Files.delete(directory.resolve("tokenizer.json"));

    for (TokenizerRules rules : TokenizerRules.values()) {
      Tokenizer tokenizer = Tokenizers.load(directory, rules);
      assertThat(tokenizer.size()).as("%s", rules).isEqualTo(620);
      assertThat(tokenizer.specialTokens().bos()).hasValue(1);
      assertThat(tokenizer.specialTokens().eos()).hasValue(2);
      assertThat(tokenizer.specialTokens().unk()).hasValue(0);
      assertThat(tokenizer.encode("</s>")).containsExactly(1, 2);
    }
  }
}
