package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.GoldenText;
import io.github.llavamed.testing.GoldenTokenizers;
import io.github.llavamed.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Keyword criteria step by step, against the original's. */
@Tag("golden")
class StoppingGoldenTest {
  private static final OriginalQuirks LEGACY =
      OriginalQuirks.builder().legacyStopWindow(true).build();

  private static List<Path> files() {
    return GoldenText.files("stopping", ".jsonl");
  }

  @TestFactory
  Stream<DynamicTest> stopsWhereTheOriginalStops() {
    return files().stream()
        .map(file -> DynamicTest.dynamicTest(file.getFileName().toString(), () -> check(file)));
  }

  @Test
  void hasCasesOfBothReleases() {
    assertThat(files())
        .anyMatch(file -> file.toString().endsWith(".v10.jsonl"))
        .anyMatch(file -> file.toString().endsWith(".v15.jsonl"));
  }

  private static void check(Path file) {
    String name = file.getFileName().toString().replace(".jsonl", "");
    List<JsonNode> rows = GoldenText.rows(file);
    assertThat(rows).isNotEmpty();
    GoldenText.statedCount("stopping", name).ifPresent(count -> assertThat(rows).hasSize(count));
    boolean v10 = name.endsWith(".v10");
    String model = name.substring(0, name.indexOf('.'));
    Tokenizer tokenizer = GoldenTokenizers.load(model, v10 ? "v10_marked" : "v15_fast");
    ModelFamily family = v10 ? ModelFamily.LLAVA_V1_0 : ModelFamily.LLAVA_V1_5;
    for (JsonNode row : rows) {
      checkRow(row, family, tokenizer);
    }
  }

  private static void checkRow(JsonNode row, ModelFamily family, Tokenizer tokenizer) {
    List<String> keywords = new ArrayList<>();
    row.get("keywords").forEach(keyword -> keywords.add(keyword.asText()));
    List<Integer> promptIds = new ArrayList<>();
    row.get("prompt_ids").forEach(id -> promptIds.add(id.intValue()));
    boolean legacy = row.get("mode").asText().equals("bos_and_new_tokens");
    OriginalQuirks quirks = legacy ? LEGACY : OriginalQuirks.NONE;
    if (keywords.contains("")) {
      assertThatThrownBy(
              () -> StoppingCriterion.keywords(family, keywords, tokenizer, promptIds, quirks))
          .isInstanceOf(IllegalArgumentException.class);
      return;
    }
    checkKeywordIds(row, keywords, tokenizer);
    List<StoppingCriterion> sequences = new ArrayList<>();
    row.get("generated")
        .forEach(
            s ->
                sequences.add(
                    StoppingCriterion.keywords(family, keywords, tokenizer, promptIds, quirks)));
    BatchStoppingCriterion batch = BatchStoppingCriterion.of(family, sequences);
    if (!row.get("error").isNull()) {
      checkError(row, batch, promptIds.size(), legacy);
      return;
    }
    List<Boolean> expected = new ArrayList<>();
    row.get("trace").forEach(value -> expected.add(value.asBoolean()));
    assertThat(trace(row, batch)).as("%s", row).isEqualTo(expected);
    int stop = expected.indexOf(true) + 1;
    assertThat(row.get("stops_after").asInt(0)).isEqualTo(stop);
  }

  private static void checkKeywordIds(JsonNode row, List<String> keywords, Tokenizer tokenizer) {
    if (row.has("keyword_ids")) {
      KeywordIds ids = KeywordIds.of(keywords, tokenizer);
      for (int i = 0; i < keywords.size(); i++) {
        assertThat(ids.ids().get(i))
            .containsExactly(GoldenFolder.ints(row.get("keyword_ids").get(i)));
      }
      assertThat(ids.longest()).isEqualTo(row.get("max_keyword_len").intValue());
    }
  }

  /** With the misplaced window the error is the original's; the mended rule has none. */
  private static void checkError(
      JsonNode row, BatchStoppingCriterion batch, int promptLength, boolean legacy) {
    assertThat(row.get("error").asText()).isEqualTo("RuntimeError");
    if (legacy) {
      List<Boolean> before = new ArrayList<>();
      assertThatThrownBy(() -> trace(row, batch, before)).isInstanceOf(StoppingException.class);
      assertThat(before).hasSize(row.get("trace").size());
    } else {
      assertThat(row.get("max_keyword_len").intValue()).isGreaterThan(promptLength + 1);
      assertThat(trace(row, batch)).isNotEmpty();
    }
  }

  private static List<Boolean> trace(JsonNode row, BatchStoppingCriterion batch) {
    List<Boolean> trace = new ArrayList<>();
    trace(row, batch, trace);
    return trace;
  }

  /** Feeds the generated ids until the criterion stops. */
  private static void trace(JsonNode row, BatchStoppingCriterion batch, List<Boolean> trace) {
    JsonNode generated = row.get("generated");
    for (int step = 0; step < generated.get(0).size(); step++) {
      int[] ids = new int[generated.size()];
      for (int sequence = 0; sequence < ids.length; sequence++) {
        ids[sequence] = generated.get(sequence).get(step).intValue();
      }
      trace.add(batch.accept(ids));
      if (trace.get(step)) {
        return;
      }
    }
  }
}
