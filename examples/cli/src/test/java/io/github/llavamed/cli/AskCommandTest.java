package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.cli.CliRunner.Outcome;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

class AskCommandTest {
  @TempDir Path directory;

  @ParameterizedTest
  @ValueSource(strings = {"v10-markers", "v15-mlp2x", "hf-mistral"})
  void answersAsTheOriginalProgram(String name) {
    Path golden = CliRunner.modelCase(name);
    JsonNode prompt =
        GoldenFolder.json(golden.resolve("expected.json")).path("prompts").path("single");
    JsonNode greedy = prompt.path("greedy");

    ObjectNode json =
        JsonText.object(
            ask(
                    name,
                    "--prompt",
                    prompt.path("prompt").asText(),
                    "--image",
                    golden.resolve(prompt.path("images").get(0).asText()).toString(),
                    "--max_new_tokens",
                    greedy.path("max_new_tokens").asText(),
                    "--json")
                .out(),
            "answer");

    assertThat(json.get("input_ids")).isEqualTo(prompt.get("input_ids"));
    assertThat(json.get("output_ids")).isEqualTo(greedy.get("ids"));
    assertThat(json.get("answer")).isEqualTo(greedy.get("text"));
    assertThat(json.path("finish_reason").asText()).isEqualTo("length");
    assertThat(json.path("usage").path("prompt_tokens").asInt()).isPositive();
    assertThat(json.path("usage").path("image_tokens").asInt()).isPositive();
    assertThat(json.path("usage").path("completion_tokens").asInt())
        .isEqualTo(greedy.get("ids").size());
    assertThat(json.path("timing_ms").properties()).hasSize(5);
    assertThat(json.path("backend").asText()).isEqualTo("onnx-cpu");
    assertThat(json.path("precision").asText()).isEqualTo("fp32");
  }

  @Test
  void printsTheSameTextWithAndWithoutJson() {
    String image = image("a.png");

    String text = ask("v15-mlp2x", "--question", "Is it a scan?", "--image", image).out();
    String json = ask("v15-mlp2x", "--question", "Is it a scan?", "--image", image, "--json").out();

    assertThat(text)
        .isEqualTo(JsonText.object(json, "answer").get("answer").asText() + System.lineSeparator());
  }

  @Test
  void keepsToRulesAndConstraintsOfTheCommandLine() {
    String[] question = {"--question", "Is it a scan?", "--json"};
    ObjectNode free = json(question);
    int first = free.get("output_ids").get(0).asInt();

    ObjectNode biased = json(with(question, "--logit-bias", first + "=-1000"));
    ObjectNode chosen = json(with(question, "--one-of", "yes", "--one-of", "no"));
    ObjectNode matching = json(with(question, "--pattern", "[0-9]{2}", "--max-new-tokens", "9"));
    ObjectNode told = json(with(question, "--log-probs", "3"));

    assertThat(biased.get("output_ids").get(0).asInt()).isNotEqualTo(first);
    assertThat(chosen.get("answer").asText()).isIn("yes", "no");
    assertThat(matching.get("answer").asText()).matches("[0-9]{2}");
    assertThat(told.get("output_ids")).isEqualTo(free.get("output_ids"));
    assertThat(told.get("logprobs")).hasSameSizeAs(free.get("output_ids"));
    JsonNode token = told.get("logprobs").get(0);
    assertThat(token.get("id").asInt()).isEqualTo(first);
    assertThat(token.get("logprob").asDouble()).isNegative();
    assertThat(token.get("top")).hasSize(3);
    assertThat(free.has("logprobs")).isFalse();
  }

  @Test
  void handsBadWordsOn() {
    AnswerOptions options = new AnswerOptions();
    CommandLine.populateCommand(options, "--bad-word", "left", "--bad-word", "right lung");

    assertThat(
            options.copy().request("?", null, List.of()).build().config().tokenRules().badWords())
        .containsExactly("left", "right lung");
  }

  @Test
  void takesRulesAndConstraintsByNameInABatch() throws IOException {
    Path requests =
        Files.writeString(
            directory.resolve("requests.jsonl"),
            """
            {"question": "x", "one_of": ["yes", "no"], "logprobs": 1}
            {"question": "x", "pattern": "[a-c]", "bad_words": ["a"], "logit_bias": {"7": -100}}
            {"question": "x", "logit_bias": {"seven": -100}}
            """);

    Outcome outcome = ask("v15-mlp2x", "--batch", requests.toString());

    List<ObjectNode> answers =
        outcome.out().lines().map(line -> JsonText.object(line, "answer")).toList();
    assertThat(answers).hasSize(2);
    assertThat(answers.get(0).get("answer").asText()).isIn("yes", "no");
    assertThat(answers.get(0).get("logprobs")).isNotEmpty();
    assertThat(answers.get(1).get("answer").asText()).matches("[a-c]");
    assertThat(outcome.err()).contains("line 3", "from token id to number");
  }

  @Test
  void refusesTwoConstraints() {
    Outcome outcome = ask("v15-mlp2x", "--question", "x", "--one-of", "a", "--pattern", "b");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("--one-of does not go with --pattern");
  }

  private ObjectNode json(String... options) {
    Outcome outcome = ask("v15-mlp2x", options);
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return JsonText.object(outcome.out(), "answer");
  }

  private static String[] with(String[] options, String... more) {
    return Stream.of(options, more).flatMap(Stream::of).toArray(String[]::new);
  }

  @Test
  void answersABatchInOrderWithOptionsByName() throws IOException {
    Path requests =
        Files.writeString(
            directory.resolve("requests.jsonl"),
            """
            {"question": "Is it a scan?", "images": ["%1$s"], "max_new_tokens": 3}
            {"prompt": "[INST] <image>\\nYes [/INST]", "images": ["%1$s"], "max-new-tokens": 5}

            {"question": "Which organ?", "max_new_tokens": 4}
            """
                .formatted(image("a.png")));

    Outcome outcome = ask("v15-mlp2x", "--batch", requests.toString());

    List<Integer> counts = new ArrayList<>();
    outcome
        .out()
        .lines()
        .forEach(line -> counts.add(JsonText.object(line, "answer").get("output_ids").size()));
    assertThat(outcome.err()).isEmpty();
    assertThat(counts).containsExactly(3, 5, 4);
  }

  @Test
  void namesTheLineOfABadRequestAndKeepsTheAnswersBefore() throws IOException {
    Path requests =
        Files.writeString(
            directory.resolve("requests.jsonl"),
            """
            {"question": "Is it a scan?", "max_new_tokens": 2}
            {"question": "Is it a scan?", "temprature": 1}
            """);

    Outcome outcome = ask("v15-mlp2x", "--batch", requests.toString());

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.out().lines()).hasSize(1);
    assertThat(outcome.err())
        .startsWith("error: ")
        .contains("requests.jsonl line 2", "unknown key 'temprature'", "max_new_tokens");
  }

  @Test
  void refusesMoreImagesThanPlaces() {
    Outcome outcome = ask("v15-mlp2x", "--prompt", "no place", "--image", image("a.png"));

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("0 image(s)", "the request has 1", "<image>");
    assertThat(outcome.err().lines()).hasSize(1);
  }

  @Test
  void refusesAPromptLongerThanTheContext() {
    Outcome outcome = ask("v15-mlp2x", "--prompt", "a ".repeat(5000));

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).startsWith("error: ").contains("2048");
    assertThat(outcome.err().lines()).hasSize(1);
  }

  @Test
  void namesAMissingImage() {
    Outcome outcome = ask("v15-mlp2x", "--question", "x", "--image", "nowhere/scan.png");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("nowhere/scan.png");
  }

  @Test
  void namesAMissingModel() {
    Outcome outcome = CliRunner.run("ask", "--model", "nowhere", "--question", "x");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("nowhere").contains("config.json");
  }

  @Test
  void refusesAnUnknownBackendAndListsTheKnown() {
    Outcome outcome = ask("v15-mlp2x", "--question", "x", "--backend", "onnx-gpu");

    assertThat(outcome.code()).isEqualTo(1);
    assertThat(outcome.err()).contains("'onnx-gpu'", "onnx-cpu");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--question x --prompt y", "", "--prompt x --template v1", "--threads 0"})
  void reportsWrongUsageWithCodeTwo(String options) {
    List<String> args =
        new ArrayList<>(List.of("ask", "--model", CliRunner.checkpoint("v15-mlp2x")));
    args.addAll(Arrays.stream(options.split(" ")).filter(option -> !option.isEmpty()).toList());
    if (options.contains("threads")) {
      args.addAll(List.of("--question", "x"));
    }

    Outcome outcome = CliRunner.run(args.toArray(new String[0]));

    assertThat(outcome.code()).isEqualTo(2);
    assertThat(outcome.err()).startsWith("error: ").contains("--help");
  }

  @Test
  void showsTheStackTraceOnlyWhenAsked() {
    String[] args = {"ask", "--model", "nowhere", "--question", "x", "--verbose"};

    assertThat(CliRunner.run(args).err()).contains("\tat ");
    assertThat(CliRunner.run(Arrays.copyOf(args, 5)).err()).doesNotContain("\tat ");
  }

  private Outcome ask(String name, String... options) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "ask",
                "--model",
                CliRunner.checkpoint(name),
                "--cache-dir",
                directory.resolve("cache").toString()));
    if (!name.startsWith("hf")) {
      args.addAll(List.of("--vision-tower", "stock"));
    }
    if (Arrays.stream(options).noneMatch(option -> option.startsWith("--max"))) {
      args.addAll(List.of("--max-new-tokens", "6"));
    }
    args.addAll(Arrays.asList(options));
    return CliRunner.run(args.toArray(new String[0]));
  }

  private static String image(String file) {
    return CliRunner.modelCase("v15-mlp2x").resolve("images").resolve(file).toString();
  }
}
