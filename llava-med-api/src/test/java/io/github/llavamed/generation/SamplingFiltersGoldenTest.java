package io.github.llavamed.generation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.ModelFamily;
import io.github.llavamed.generation.internal.Probabilities;
import io.github.llavamed.testing.AsciiTokenizer;
import io.github.llavamed.testing.GoldenCase;
import io.github.llavamed.testing.GoldenFolder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Holds rules and filters to the distributions that the original's library samples from. */
@Tag("golden")
class SamplingFiltersGoldenTest {
  /** The goldens' README: filtered probabilities. */
  private static final double PROBABILITY_TOLERANCE = 1e-4;

  private final List<GoldenCase> cases =
      GoldenCase.models().stream()
          .filter(golden -> golden.expected().hasNonNull("sampling_filters"))
          .toList();

  @Test
  void thereAreCases() {
    assertThat(cases).isNotEmpty();
  }

  @TestFactory
  Stream<DynamicTest> distributionsAreTheOriginals() {
    return cases.stream()
        .flatMap(
            golden ->
                IntStream.range(0, filters(golden).path("settings").size())
                    .mapToObj(i -> filters(golden).path("settings").get(i))
                    .map(
                        setting ->
                            DynamicTest.dynamicTest(
                                golden.name() + " " + describe(setting),
                                () -> assertDistribution(golden, setting))));
  }

  private static JsonNode filters(GoldenCase golden) {
    return golden.expected().path("sampling_filters");
  }

  private static String describe(JsonNode setting) {
    StringBuilder text = new StringBuilder();
    setting.properties().stream()
        .filter(entry -> entry.getValue().isNumber())
        .forEach(entry -> text.append(entry.getKey()).append(' ').append(entry.getValue() + " "));
    return text.toString();
  }

  private static void assertDistribution(GoldenCase golden, JsonNode setting) {
    JsonNode filters = filters(golden);
    JsonNode prompt = golden.expected().path("prompts").path(filters.path("prompt").textValue());
    int step = filters.path("step").intValue();
    float[] steps = golden.floats(prompt.path("greedy").path("step_logits"));
    int v = prompt.path("greedy").path("step_logits").path("shape").get(1).intValue();
    float[] logits = Arrays.copyOfRange(steps, step * v, (step + 1) * v);
    SamplingConfig sampling =
        new SamplingConfig(
            setting.path("temperature").doubleValue(),
            setting.path("top_k").asInt(SamplingConfig.DEFAULT_TOP_K),
            setting.path("top_p").asDouble(1),
            setting.path("min_p").asDouble(0),
            0);

    List<LogitsProcessor> rules = rules(golden, prompt, setting);
    TokenHistory history = history(golden, prompt, step);
    double[] unfiltered = distribution(logits, history, rules, sampling.withTopP(1));
    double[] found = distribution(logits, history, rules, sampling);
    float[] expected = golden.floats(setting.path("probabilities"));

    if (!differsAtTheBorder(found, expected, unfiltered, sampling.topP())) {
      assertClose(found, expected, sampling);
      assertThat(Arrays.stream(found).filter(p -> p > 0).count())
          .isEqualTo(setting.path("kept").intValue());
    }
  }

  private static double[] distribution(
      float[] logits, TokenHistory history, List<LogitsProcessor> rules, SamplingConfig sampling) {
    float[] processed = logits.clone();
    rules.forEach(rule -> rule.process(processed, history));
    LogitsProcessors.filters(sampling, 1).forEach(filter -> filter.process(processed, history));
    return Probabilities.softmax(processed);
  }

  /** Returns whether exactly one id differs, and all below it reach the border but for rounding. */
  private static boolean differsAtTheBorder(
      double[] found, float[] expected, double[] unfiltered, double topP) {
    int[] different =
        IntStream.range(0, found.length)
            .filter(id -> (found[id] > 0) != (expected[id] > 0))
            .toArray();
    if (different.length != 1) {
      return false;
    }
    double below = Arrays.stream(unfiltered).filter(p -> p <= unfiltered[different[0]]).sum();
    return Math.abs(below - (1 - topP)) <= PROBABILITY_TOLERANCE;
  }

  private static List<LogitsProcessor> rules(GoldenCase golden, JsonNode prompt, JsonNode setting) {
    TokenRules rules =
        TokenRules.NONE.withRepetitionPenalty(setting.path("repetition_penalty").asDouble(1));
    return LogitsProcessors.rules(rules, new AsciiTokenizer(), idsBefore(golden, prompt), Set.of());
  }

  private static List<Integer> idsBefore(GoldenCase golden, JsonNode prompt) {
    JsonNode config = GoldenFolder.json(golden.checkpoint().resolve("config.json"));
    ModelFamily family =
        golden.expected().path("family").asText().startsWith("v1.0")
            ? ModelFamily.LLAVA_V1_0
            : config.has("text_config") ? ModelFamily.HF_LLAVA : ModelFamily.LLAVA_V1_5;
    return LogitsProcessors.idsBefore(
        family,
        config.path("bos_token_id").asInt(),
        Arrays.stream(GoldenFolder.ints(prompt.path("input_ids"))).boxed().toList());
  }

  private static TokenHistory history(GoldenCase golden, JsonNode prompt, int step) {
    TokenHistory history = new TokenHistory(List.of());
    int[] ids = GoldenFolder.ints(prompt.path("greedy").path("ids"));
    Arrays.stream(ids).limit(step).forEach(history::add);
    if (filters(golden).hasNonNull("context_ids")) {
      List<Integer> context = new ArrayList<>(idsBefore(golden, prompt));
      Arrays.stream(history.newIds()).forEach(context::add);
      assertThat(context)
          .containsExactly(
              Arrays.stream(GoldenFolder.ints(filters(golden).path("context_ids")))
                  .boxed()
                  .toArray(Integer[]::new));
    }
    return history;
  }

  private static void assertClose(double[] found, float[] expected, SamplingConfig sampling) {
    assertThat(found).hasSameSizeAs(expected);
    for (int id = 0; id < found.length; id++) {
      assertThat(found[id])
          .as("id %d of %s", id, sampling)
          .isCloseTo(expected[id], within(PROBABILITY_TOLERANCE));
      assertThat(found[id] > 0).as("id %d is kept", id).isEqualTo(expected[id] > 0);
    }
  }
}
