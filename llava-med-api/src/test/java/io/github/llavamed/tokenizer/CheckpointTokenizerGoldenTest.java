package io.github.llavamed.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The tokenizers inside the golden checkpoints, by the rules of each checkpoint's family. */
@Tag("golden")
class CheckpointTokenizerGoldenTest {
  static List<Path> cases() throws IOException {
    Path folder = GoldenFolder.of("model");
    try (Stream<Path> cases = Files.list(folder)) {
      return cases
          .filter(path -> Files.isRegularFile(path.resolve("expected.json")))
          .filter(path -> Files.isRegularFile(path.resolve("checkpoint/tokenizer.model")))
          .sorted()
          .toList();
    }
  }

  static List<Path> huggingFaceCases() throws IOException {
    return cases().stream().filter(path -> isHuggingFace(expected(path))).toList();
  }

  private static JsonNode expected(Path directory) {
    return GoldenFolder.json(directory.resolve("expected.json"));
  }

  private static boolean isHuggingFace(JsonNode expected) {
    return expected.get("family").textValue().startsWith("HF");
  }

  private static Tokenizer load(Path directory, JsonNode expected) throws IOException {
    String family = expected.get("family").textValue();
    Path checkpoint = directory.resolve("checkpoint");
    if (isHuggingFace(expected)) {
      return Tokenizers.load(checkpoint, TokenizerRules.HF_SLOW);
    }
    if (family.startsWith("v1.0")) {
      return Tokenizers.load(checkpoint, TokenizerRules.V1_0_SLOW);
    }
    JsonNode tokenizerClass = expected.get("tokenizer_class");
    boolean fast = tokenizerClass == null || tokenizerClass.textValue().endsWith("Fast");
    Tokenizer tokenizer =
        Tokenizers.load(checkpoint, fast ? TokenizerRules.V1_5_FAST : TokenizerRules.V1_5_SLOW);
    JsonNode config = GoldenFolder.json(checkpoint.resolve("config.json"));
    List<AddedToken> added = new ArrayList<>();
    if (config.path("mm_use_im_patch_token").asBoolean(true)) {
      added.add(AddedToken.of("<im_patch>", true));
    }
    if (config.path("mm_use_im_start_end").asBoolean(false)) {
      added.add(AddedToken.of("<im_start>", true));
      added.add(AddedToken.of("<im_end>", true));
    }
    return Tokenizers.withAddedTokens(tokenizer, added);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void encodesAndDecodesLikeTheOriginal(Path directory) throws IOException {
    JsonNode expected = expected(directory);
    Tokenizer tokenizer = load(directory, expected);
    int compared = 0;

    assertThat(tokenizer.size()).isEqualTo(expected.get("tokenizer_length").intValue());
    for (JsonNode row : expected.path("tokenizer_cases")) {
      String text = row.get("text").textValue();
      assertThat(tokenizer.encode(text)).as("%s", row).isEqualTo(GoldenFolder.ints(row.get("ids")));
      if (row.has("ids_without_special")) {
        assertThat(tokenizer.encode(text, false))
            .as("%s", row)
            .isEqualTo(GoldenFolder.ints(row.get("ids_without_special")));
      }
      compared++;
    }
    for (JsonNode row : expected.path("decode_cases")) {
      int[] ids = GoldenFolder.ints(row.get("ids"));
      assertThat(tokenizer.decode(ids, true))
          .as("%s", row)
          .isEqualTo(row.get("skip_special_tokens").textValue());
      assertThat(tokenizer.decode(ids, false))
          .as("%s", row)
          .isEqualTo(row.get("keep_special_tokens").textValue());
      compared++;
    }
    for (Map.Entry<String, JsonNode> prompt : expected.get("prompts").properties()) {
      compared += compareGreedyText(tokenizer, prompt.getValue());
    }
    assertThat(compared).isPositive();
  }

  private static int compareGreedyText(Tokenizer tokenizer, JsonNode prompt) {
    JsonNode greedy = prompt.path("greedy");
    if (!greedy.has("text") || !greedy.has("ids")) {
      return 0;
    }
    String text = greedy.get("text").textValue();
    String decoded = tokenizer.decode(GoldenFolder.ints(greedy.get("ids")), true);
    assertThat(decoded.strip()).as("%s", greedy.get("ids")).isEqualTo(text.strip());
    return 1;
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("huggingFaceCases")
  void encodesThePromptsOfHuggingFaceCheckpoints(Path directory) throws IOException {
    JsonNode expected = expected(directory);
    Tokenizer tokenizer = load(directory, expected);
    int image = expected.get("image_token_index").intValue();
    int compared = 0;

    for (Map.Entry<String, JsonNode> entry : expected.get("prompts").properties()) {
      int[] ids = GoldenFolder.ints(entry.getValue().get("input_ids"));
      String prompt = entry.getValue().get("prompt").textValue();
      int placeholders = prompt.split("<image>", -1).length - 1;
      long imageIds = Arrays.stream(ids).filter(id -> id == image).count();
      if (placeholders > 0) {
        int each = Math.toIntExact(imageIds / placeholders);
        prompt = prompt.replace("<image>", "<image>".repeat(each));
      }
      assertThat(tokenizer.encode(prompt)).as(entry.getKey()).isEqualTo(ids);
      compared++;
    }

    assertThat(compared).isPositive();
  }

  @ParameterizedTest(allowZeroInvocations = true)
  @MethodSource("huggingFaceCases")
  void readsDirectoriesThatHoldOnlyTheFastFile(Path directory) throws IOException {
    Tokenizer whole = Tokenizers.load(directory.resolve("checkpoint"), TokenizerRules.HF_FAST);
    List<Path> others;
    try (Stream<Path> files = Files.list(directory)) {
      others =
          files
              .filter(path -> Files.isRegularFile(path.resolve("tokenizer.json")))
              .filter(path -> Files.notExists(path.resolve("tokenizer.model")))
              .toList();
    }

    for (Path other : others) {
      Tokenizer alone = Tokenizers.load(other, TokenizerRules.HF_FAST);
      assertThat(alone.size()).isEqualTo(whole.size());
      assertThat(alone.specialTokens()).isEqualTo(whole.specialTokens());
      for (JsonNode prompt : expected(directory).get("prompts")) {
        String text = prompt.get("prompt").textValue();
        int[] ids = alone.encode(text);
        assertThat(ids).isEqualTo(whole.encode(text));
        assertThat(alone.decode(ids, true)).isEqualTo(whole.decode(ids, true));
      }
    }
  }
}
