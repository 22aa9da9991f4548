package io.github.llavamed.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.testing.GoldenFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ids, texts, streamed pieces and batches against those of the original tokenizers. */
@Tag("golden")
class TokenizerGoldenTest {
  static List<String> encodeModels() {
    return GoldenTokenizers.models("encode");
  }

  static List<String> decodeModels() {
    return GoldenTokenizers.models("decode");
  }

  static List<String> streamModels() {
    return GoldenTokenizers.models("stream");
  }

  static List<String> truncationModels() {
    return GoldenTokenizers.models("truncation");
  }

  @ParameterizedTest
  @MethodSource("encodeModels")
  void encodesToTheIdsOfTheOriginal(String model) {
    GoldenTokenizers tokenizers = new GoldenTokenizers(model);
    int compared = 0;

    for (JsonNode row : GoldenTokenizers.rows("encode", model)) {
      String text = row.get("text").textValue();
      for (String key : GoldenTokenizers.keys(row)) {
        assertThat(tokenizers.of(key).encode(text))
            .as("%s of %s", key, row.get("text"))
            .isEqualTo(GoldenFolder.ints(row.get(key)));
        compared++;
      }
    }

    assertThat(compared).isPositive();
  }

  @ParameterizedTest
  @MethodSource("encodeModels")
  void slowAndFastAgreeWhereTheOriginalsDo(String model) {
    GoldenTokenizers tokenizers = new GoldenTokenizers(model);
    int compared = 0;

    for (JsonNode row : GoldenTokenizers.rows("encode", model)) {
      if (row.has("v15_fast") && !row.has("v15_slow")) {
        assertThat(tokenizers.of("v15_slow").encode(row.get("text").textValue()))
            .as("%s", row.get("text"))
            .isEqualTo(GoldenFolder.ints(row.get("v15_fast")));
        compared++;
      }
    }

    assertThat(compared == 0).isEqualTo(!lacksSlowKey(model));
  }

  private static boolean lacksSlowKey(String model) {
    return GoldenTokenizers.rows("encode", model).stream()
        .anyMatch(row -> row.has("v15_fast") && !row.has("v15_slow"));
  }

  @ParameterizedTest
  @MethodSource("encodeModels")
  void savedFastFilesGiveTheIdsOfTheConversion(String model) {
    GoldenTokenizers tokenizers = new GoldenTokenizers(model);
    Map<String, Tokenizer> saved =
        Map.of(
            "v15_fast", tokenizers.load("v15_base_fastfiles", TokenizerRules.V1_5_FAST),
            "v15_fast_marked", tokenizers.load("v15_marked", TokenizerRules.V1_5_FAST));
    int compared = 0;

    for (JsonNode row : GoldenTokenizers.rows("encode", model)) {
      for (Map.Entry<String, Tokenizer> entry : saved.entrySet()) {
        if (row.has(entry.getKey())) {
          assertThat(entry.getValue().encode(row.get("text").textValue()))
              .as("%s of %s", entry.getKey(), row.get("text"))
              .isEqualTo(GoldenFolder.ints(row.get(entry.getKey())));
          compared++;
        }
      }
    }

    assertThat(compared).isPositive();
  }

  @ParameterizedTest
  @MethodSource("decodeModels")
  void decodesToTheTextOfTheOriginal(String model) {
    GoldenTokenizers tokenizers = new GoldenTokenizers(model);
    int compared = 0;

    for (JsonNode row : GoldenTokenizers.rows("decode", model)) {
      int[] ids = GoldenFolder.ints(row.get("ids"));
      for (String key : GoldenTokenizers.keys(row)) {
        for (boolean skip : new boolean[] {true, false}) {
          String expected = row.get(key).get(skip ? "skip_special" : "keep_special").textValue();
          Tokenizer tokenizer = tokenizers.of(key);
          assertThat(tokenizer.decode(ids, skip))
              .as("%s of %s, skip %s", key, row.get("ids"), skip)
              .isEqualTo(expected);
          assertThat(streamed(tokenizer, ids, skip))
              .as("streamed: %s of %s, skip %s", key, row.get("ids"), skip)
              .isEqualTo(expected);
          compared++;
        }
      }
    }

    assertThat(compared).isPositive();
  }

  static String streamed(Tokenizer tokenizer, int[] ids, boolean skip) {
    StreamingDecoder decoder = tokenizer.streamingDecoder(skip);
    StringBuilder text = new StringBuilder();
    for (int id : ids) {
      text.append(decoder.accept(id));
    }
    return text.append(decoder.finish()).toString();
  }

  @ParameterizedTest
  @MethodSource("streamModels")
  void streamsThePiecesOfTheOriginal(String model) {
    GoldenTokenizers tokenizers = new GoldenTokenizers(model);
    int compared = 0;

    for (JsonNode row : GoldenTokenizers.rows("stream", model)) {
      int[] ids = GoldenFolder.ints(row.get("ids"));
      for (String key : GoldenTokenizers.keys(row)) {
        TextStreamer streamer = new TextStreamer(tokenizers.of(key), true);
        List<String> pieces = new ArrayList<>();
        for (int id : ids) {
          pieces.add(streamer.put(id));
        }
        List<String> expected = new ArrayList<>();
        row.get(key).get("pieces").forEach(piece -> expected.add(piece.textValue()));
        assertThat(pieces).as("%s of %s", key, row.get("ids")).isEqualTo(expected);
        assertThat(streamer.end()).isEqualTo(row.get(key).get("end").textValue());
        assertThat(streamed(tokenizers.of(key), ids, true))
            .isEqualTo(tokenizers.of(key).decode(ids, true));
        compared++;
      }
    }

    assertThat(compared).isPositive();
  }

  @ParameterizedTest
  @MethodSource("truncationModels")
  void cutsAndPadsLikeTheOriginal(String model) {
    GoldenTokenizers tokenizers = new GoldenTokenizers(model);
    int compared = 0;

    for (JsonNode row : GoldenTokenizers.rows("truncation", model)) {
      List<String> texts = new ArrayList<>();
      row.get("texts").forEach(text -> texts.add(text.textValue()));
      TokenBatch batch =
          TokenBatch.encode(
              tokenizers.of(row.get("tokenizer").textValue()),
              texts,
              row.get("max_length").intValue());
      assertThat(batch.inputIds()).as("%s", row).isEqualTo(rows(row.get("input_ids")));
      assertThat(batch.attentionMask()).as("%s", row).isEqualTo(rows(row.get("attention_mask")));
      compared++;
    }

    assertThat(compared).isPositive();
  }

  private static int[][] rows(JsonNode node) {
    return IntStream.range(0, node.size())
        .mapToObj(i -> GoldenFolder.ints(node.get(i)))
        .toArray(int[][]::new);
  }

  static List<String> describedModels() {
    List<String> models = new ArrayList<>();
    manifest().get("tokenizers").fieldNames().forEachRemaining(models::add);
    return models;
  }

  private static JsonNode manifest() {
    return GoldenFolder.json(GoldenFolder.of("text").resolve("manifest.json"));
  }

  @ParameterizedTest
  @MethodSource("describedModels")
  void hasTheSizeAndTheSpecialTokensOfTheOriginal(String model) {
    GoldenTokenizers tokenizers = new GoldenTokenizers(model);
    JsonNode info = manifest().get("tokenizers").get(model).get("info");

    assertThat(info).isNotEmpty();
    for (Map.Entry<String, JsonNode> entry : info.properties()) {
      Tokenizer tokenizer = tokenizers.of(entry.getKey());
      JsonNode expected = entry.getValue();
      SpecialTokens special = tokenizer.specialTokens();
      assertThat(tokenizer.size()).isEqualTo(expected.get("len").intValue());
      assertThat(special.bos()).hasValue(expected.get("bos_id").intValue());
      assertThat(special.eos()).hasValue(expected.get("eos_id").intValue());
      assertThat(special.unk()).hasValue(expected.get("unk_id").intValue());
      assertThat(tokenizer.tokenOf(special.bos().getAsInt()))
          .isEqualTo(expected.get("bos").textValue());
      if (expected.get("pad_id").isNull()) {
        assertThat(special.pad()).isEmpty();
      } else {
        assertThat(special.pad()).hasValue(expected.get("pad_id").intValue());
      }
      if (!entry.getKey().equals("v15_fast_marked")) {
        // the fast one also skips the markers, though it does not list them
        Set<Integer> ids = new TreeSet<>();
        expected.get("all_special_ids").forEach(id -> ids.add(id.intValue()));
        assertThat(special.all()).as(entry.getKey()).isEqualTo(ids);
      }
    }
  }
}
