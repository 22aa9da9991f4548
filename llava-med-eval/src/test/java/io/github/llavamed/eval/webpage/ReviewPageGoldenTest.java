package io.github.llavamed.eval.webpage;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class ReviewPageGoldenTest {
  static Stream<Path> pages() {
    return EvalGolden.entries(
        "webpage_data", folder -> Files.exists(folder.resolve("expected_data.json")))
        .stream();
  }

  @ParameterizedTest
  @MethodSource("pages")
  void makesTheDataFileOfThePage(Path golden) throws IOException {
    Path table = golden.resolve("table");
    String json =
        ReviewPage.data(
            new ReviewPage.Files(
                table.resolve("question.jsonl"),
                table.resolve("answer/answer_vicuna-13b.jsonl"),
                table.resolve("results/llama-13b-hf-alpaca.jsonl"),
                table.resolve("review/review_vicuna-13b_llama-13b-hf-alpaca.jsonl")),
            EvaluationOptions.DEFAULT);

    assertThat(json).isEqualTo(EvalGolden.text(golden.resolve("expected_data.json")));
  }

  static Stream<JsonNode> mappings() {
    return EvalGolden.jsons("webpage_data", json -> json.has("map")).map(json -> json.get("map"));
  }

  @ParameterizedTest
  @MethodSource("mappings")
  void permutesIdentifiersForDisplay(JsonNode map) {
    assertThat(map).isNotEmpty();
    map.properties()
        .forEach(
            entry ->
                assertThat(ReviewPage.displayId(Long.parseLong(entry.getKey())))
                    .isEqualTo(entry.getValue().longValue()));
  }
}
