package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.testing.GoldenModel;
import io.github.llavamed.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keyword criteria over the golden models' greedy answers, replayed without the model. */
@Tag("golden")
class ModelKeywordStopGoldenTest {
  private static final OriginalQuirks LEGACY =
      OriginalQuirks.builder().legacyStopWindow(true).build();

  static List<GoldenModel> models() {
    List<GoldenModel> models = GoldenModel.all();
    assertThat(models).isNotEmpty();
    return models;
  }

  @ParameterizedTest
  @MethodSource("models")
  void stopsTheGreedyAnswerWhereTheOriginalStops(GoldenModel model) {
    assumeThat(model.expected().has("keyword_stop")).isTrue();
    Tokenizer tokenizer = model.tokenizer();
    JsonNode cases = model.expected().at("/keyword_stop/cases");
    assertThat(cases.size()).isPositive();
    for (JsonNode expected : cases) {
      String keyword = expected.get("keyword").asText();
      JsonNode prompt = model.expected().at("/prompts/" + expected.get("prompt").asText());
      List<Integer> answer = list(prompt.at("/greedy/ids"));
      List<Integer> promptIds = list(prompt.get("input_ids"));
      if (keyword.isEmpty()) {
        assertThatThrownBy(() -> StopStrings.of(keyword))
            .isInstanceOf(IllegalArgumentException.class);
        continue;
      }
      StoppingCriterion mended =
          StopStrings.of(keyword)
              .criterion(model.family(), tokenizer, promptIds, OriginalQuirks.NONE);
      JsonNode ids =
          expected.has("ids") ? expected.get("ids") : expected.get("recommended_rule_ids");
      assertThat(upToStop(mended, answer)).as("%s", expected).isEqualTo(list(ids));
      if (expected.has("original_error")) {
        checkOriginal(model, tokenizer, expected, promptIds, answer);
      }
    }
  }

  private static void checkOriginal(
      GoldenModel model,
      Tokenizer tokenizer,
      JsonNode expected,
      List<Integer> promptIds,
      List<Integer> answer) {
    StoppingCriterion original =
        StopStrings.of(expected.get("keyword").asText())
            .criterion(model.family(), tokenizer, promptIds, LEGACY);
    if (expected.get("original_error").isNull()) {
      assertThat(upToStop(original, answer))
          .as("%s", expected)
          .isEqualTo(list(expected.get("original_ids")));
    } else {
      String message = expected.get("original_error").asText().replace("RuntimeError: ", "");
      assertThatThrownBy(() -> upToStop(original, answer))
          .isInstanceOf(StoppingException.class)
          .hasMessageStartingWith(message);
    }
  }

  private static List<Integer> upToStop(StoppingCriterion criterion, List<Integer> answer) {
    List<Integer> taken = new ArrayList<>();
    for (int id : answer) {
      taken.add(id);
      if (criterion.accept(id)) {
        break;
      }
    }
    return taken;
  }

  private static List<Integer> list(JsonNode array) {
    List<Integer> values = new ArrayList<>();
    array.forEach(value -> values.add(value.intValue()));
    return values;
  }
}
