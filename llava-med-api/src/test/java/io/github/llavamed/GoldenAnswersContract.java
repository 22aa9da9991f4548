package io.github.llavamed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.conversation.StopStringRule;
import io.github.llavamed.generation.FinishReason;
import io.github.llavamed.generation.GenerationConfig;
import io.github.llavamed.generation.GenerationResult;
import io.github.llavamed.generation.StoppingException;
import io.github.llavamed.image.ImageInput;
import io.github.llavamed.prompt.OriginalQuirks;
import io.github.llavamed.testing.GoldenCase;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Holds a backend in single precision to the answers of the original programs, through the public
 * entry points alone.
 */
public abstract class GoldenAnswersContract extends GoldenModelContract {
  private static final Pattern PATCH_RUN =
      Pattern.compile("(?:<im_start>)?(?:<im_patch>)+(?:<im_end>)?");
  private static final Pattern V10_TWO_TURNS =
      Pattern.compile(
          "(?s).*###Human: (?<first>.*?)###Assistant: (?<answer>[^#]*)###Human:"
              + " (?<second>[^#]*)###Assistant:");
  private static final Pattern V15_TWO_TURNS =
      Pattern.compile(
          "(?s)\\[INST] (?:<im_start>)?<image>(?:<im_end>)?\n(?<first>.*?) \\[/INST]"
              + " (?<answer>.*?) </s>\\[INST] (?<second>.*?) \\[/INST]");

  @TestFactory
  Stream<DynamicTest> greedyAnswersAreTheOriginals() {
    return forEachPrompt((golden, prompt) -> assertGreedy(model(golden), golden, prompt));
  }

  @TestFactory
  Stream<DynamicTest> otherLayoutsOfTheSameWeightsAnswerAlike() {
    return forEachPromptOfOtherLayouts(
        (model, golden, prompt) -> assertGreedy(model, golden, prompt));
  }

  @TestFactory
  Stream<DynamicTest> stopStringsEndTheAnswerWhereTheyShould() {
    return cases.stream()
        .flatMap(
            golden ->
                Stream.iterate(0, i -> i + 1)
                    .limit(golden.expected().path("keyword_stop").path("cases").size())
                    .map(i -> golden.expected().path("keyword_stop").path("cases").get(i))
                    .map(
                        stop ->
                            test(
                                golden,
                                "stop '" + stop.path("keyword").textValue() + "'",
                                () -> assertKeyword(golden, stop))));
  }

  @TestFactory
  Stream<DynamicTest> aConversationAnswersAsTheOriginalReadingEverythingAgain() {
    return cases.stream()
        .filter(golden -> twoTurns(golden) != null)
        .map(golden -> test(golden, "two turns", () -> assertConversation(golden)));
  }

  @TestFactory
  Stream<DynamicTest> aConversationOfAnyFamilyAnswersAsOnePromptWould() {
    return cases.stream().map(golden -> test(golden, "chat", () -> assertChatEqualsPrompt(golden)));
  }

  @Test
  void differentPicturesHaveDifferentAnswers() throws IOException {
    int different = 0;
    for (GoldenCase golden : cases) {
      Optional<JsonNode> prompt =
          golden
              .prompts()
              .map(Map.Entry::getValue)
              .filter(candidate -> candidate.path("images").size() == 1)
              .findFirst();
      if (prompt.isPresent()) {
        Set<List<Integer>> answers = new HashSet<>();
        for (ImageInput image : golden.allImages()) {
          GenerationRequest request = request(golden, prompt.get()).images(image).build();
          answers.add(model(golden).generate(request).outputIds());
        }
        different += answers.size() > 1 ? 1 : 0;
      }
    }

    assertThat(different).as("models whose answers depend on the image").isPositive();
  }

  private void assertGreedy(VisionLanguageModel model, GoldenCase golden, JsonNode prompt)
      throws IOException {
    JsonNode greedy = prompt.path("greedy");
    List<String> pieces = new ArrayList<>();
    GenerationResult result =
        model.generate(request(golden, prompt).listener((id, text) -> pieces.add(text)).build());

    assertThat(result.inputIds()).isEqualTo(ids(prompt.path("input_ids")));
    if (prompt.hasNonNull("spliced_length")) {
      assertThat(result.usage().promptTokens()).isEqualTo(prompt.path("spliced_length").intValue());
    }
    List<Integer> expected = ids(greedy.path("ids"));
    int certain = GoldenCase.certainIds(greedy, CERTAIN_MARGIN);
    assertThat(first(result.outputIds(), certain)).isEqualTo(first(expected, certain));
    if (certain == expected.size()) {
      assertThat(result.outputIds()).isEqualTo(expected);
      assertThat(result.text()).isEqualTo(greedy.path("text").textValue());
      assertThat(result.finishReason())
          .isEqualTo(
              greedy.path("finish").textValue().equals("eos")
                  ? FinishReason.STOP
                  : FinishReason.LENGTH);
    }
    assertThat(String.join("", pieces)).isEqualTo(result.text());
    assertThat(result.usage().completionTokens()).isEqualTo(result.outputIds().size());
  }

  private void assertKeyword(GoldenCase golden, JsonNode stop) throws IOException {
    String keyword = stop.path("keyword").textValue();
    JsonNode prompt = golden.expected().path("prompts").path(stop.path("prompt").textValue());
    if (keyword.isEmpty()) {
      assertThatThrownBy(() -> GenerationConfig.builder().stopStrings(keyword))
          .isInstanceOf(IllegalArgumentException.class);
      return;
    }
    GenerationRequest request = stopping(golden, prompt, keyword);
    GenerationResult result = model(golden).generate(request);
    JsonNode expected = stop.has("ids") ? stop.path("ids") : stop.path("recommended_rule_ids");

    assertThat(result.outputIds()).isEqualTo(ids(expected));
    assertThat(result.text()).doesNotContain(keyword);
    if (stop.has("original_ids")) {
      assertOriginalWindow(golden, stop, request);
    } else {
      int[] all = result.outputIds().stream().mapToInt(Integer::intValue).toArray();
      assertThat(model(golden).tokenizer().decode(all, true))
          .isEqualTo(stop.path("text").textValue())
          .startsWith(result.text());
    }
  }

  private void assertOriginalWindow(GoldenCase golden, JsonNode stop, GenerationRequest request)
      throws IOException {
    VisionLanguageModel model =
        model(
            golden.checkpoint(),
            options(golden).toBuilder()
                .quirks(OriginalQuirks.builder().legacyStopWindow(true).build())
                .build());
    if (stop.hasNonNull("original_error")) {
      String message = stop.path("original_error").textValue().replaceFirst("^\\w+: ", "");
      assertThatThrownBy(() -> model.generate(request))
          .isInstanceOf(StoppingException.class)
          .hasMessageContaining(message);
    } else {
      assertThat(model.generate(request).outputIds()).isEqualTo(ids(stop.path("original_ids")));
    }
  }

  private void assertConversation(GoldenCase golden) throws IOException {
    JsonNode expected = golden.expected().path("prompts").path("two_turns");
    Matcher turns = twoTurns(golden);
    GenerationConfig config = config(expected);
    try (ChatSession chat = model(golden).startChat()) {
      chat.ask(
          GenerationRequest.question(turns.group("first"))
              .images(golden.images(expected))
              .config(config)
              .build());
      chat.replaceLastAnswer(turns.group("answer"));
      GenerationResult result =
          chat.ask(GenerationRequest.question(turns.group("second")).config(config).build());

      assertThat(PATCH_RUN.matcher(result.prompt().text()).replaceAll("<image>"))
          .isEqualTo(PATCH_RUN.matcher(expected.path("prompt").textValue()).replaceAll("<image>"));
      assertThat(result.inputIds()).isEqualTo(ids(expected.path("input_ids")));
      int certain = GoldenCase.certainIds(expected.path("greedy"), CERTAIN_MARGIN);
      assertThat(first(result.outputIds(), certain))
          .isEqualTo(first(ids(expected.path("greedy").path("ids")), certain));
    }
  }

  private void assertChatEqualsPrompt(GoldenCase golden) throws IOException {
    VisionLanguageModel model = model(golden);
    GenerationConfig config = GenerationConfig.builder().maxNewTokens(6).build();
    List<ImageInput> all = golden.allImages();
    List<ImageInput> images = new ArrayList<>();
    try (ChatSession chat = model.startChat()) {
      for (int turn = 0; turn < 3; turn++) {
        List<ImageInput> added =
            turn == 1 || all.isEmpty() ? List.of() : List.of(all.get(turn / 2 % all.size()));
        images.addAll(added);
        GenerationRequest.Builder question =
            GenerationRequest.question("What is this, number " + turn + "?");
        GenerationResult result = chat.ask(question.images(added).config(config).build());
        GenerationResult again =
            model.generate(
                GenerationRequest.prompt(result.prompt().text())
                    .images(images)
                    .config(config.toBuilder().stopStrings(stops(chat)).build())
                    .build());

        assertThat(result.inputIds()).as("turn %d", turn).isEqualTo(again.inputIds());
        assertThat(result.outputIds()).as("turn %d", turn).isEqualTo(again.outputIds());
        assertThat(result.text()).as("turn %d", turn).isEqualTo(again.text());
      }
    }
  }

  private static List<String> stops(ChatSession chat) {
    return StopStringRule.WEB_SERVER.of(chat.conversation().template()).stream().toList();
  }

  /** Returns the turns of the prompt {@code two_turns}, or null if it is in another form. */
  private static Matcher twoTurns(GoldenCase golden) {
    String prompt = golden.expected().path("prompts").path("two_turns").path("prompt").asText();
    for (Pattern pattern : List.of(V10_TWO_TURNS, V15_TWO_TURNS)) {
      Matcher matcher = pattern.matcher(PATCH_RUN.matcher(prompt).replaceAll("<image>"));
      if (matcher.matches()) {
        return matcher;
      }
    }
    return null;
  }

  private static GenerationRequest stopping(GoldenCase golden, JsonNode prompt, String keyword) {
    return request(golden, prompt)
        .config(config(prompt).toBuilder().stopStrings(keyword).build())
        .build();
  }
}
