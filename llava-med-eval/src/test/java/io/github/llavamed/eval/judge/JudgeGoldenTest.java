package io.github.llavamed.eval.judge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.IntendedDifferences;
import io.github.llavamed.eval.internal.python.PythonText;
import io.github.llavamed.metric.ChatJudge;
import io.github.llavamed.metric.JudgeMessage;
import io.github.llavamed.metric.JudgeReply;
import io.github.llavamed.metric.JudgeRequest;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class JudgeGoldenTest {
  private static final EvaluationOptions OPTIONS = EvaluationOptions.DEFAULT;

  @TempDir Path folder;

  /** Gives the recorded replies in order and keeps the requests. */
  private static final class Script implements ChatJudge {
    private final Queue<String> replies = new ArrayDeque<>();
    private final List<JsonNode> expected = new ArrayList<>();
    private final List<ObjectNode> requests = new ArrayList<>();

    Script(JsonNode events) {
      for (JsonNode event : events) {
        if (event.has("request")) {
          assumeTrue(event.path("reply").isTextual(), "failing requests are retried elsewhere");
          expected.add(event.get("request"));
          replies.add(event.get("reply").textValue());
        }
      }
    }

    @Override
    public JudgeReply ask(JudgeRequest request) {
      requests.add(JudgeJson.request(request));
      return new JudgeReply(replies.remove(), 0, 0);
    }

    void check() {
      assertThat(requests).hasSameSizeAs(expected);
      for (int i = 0; i < requests.size(); i++) {
        ObjectNode request = expected.get(i).deepCopy();
        JsonNode deployment = request.remove("deployment_id");
        if (deployment != null) {
          request.set("model", deployment);
        }
        assertThat((JsonNode) requests.get(i)).isEqualTo(request);
      }
    }
  }

  private static String arg(JsonNode expected, String option, int offset) {
    List<String> args = EvalGolden.texts(expected.get("args"));
    return args.get(args.indexOf(option) + offset);
  }

  private interface Program {
    void run(StringBuilder out) throws IOException;
  }

  private static StringBuilder run(JsonNode expected, Program program) throws IOException {
    StringBuilder out = new StringBuilder();
    if (expected.get("error").isNull()) {
      program.run(out);
    } else {
      assertThatThrownBy(() -> program.run(out)).isInstanceOf(EvaluationException.class);
    }
    return out;
  }

  static Stream<Path> chats() {
    return EvalGolden.cases("multimodal_chat").stream();
  }

  @ParameterizedTest
  @MethodSource("chats")
  void scoresTheChatBenchmark(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    assumeFalse(IntendedDifferences.contains("multimodal_chat", golden), "differs on purpose");
    boolean first = expected.get("version").textValue().equals("v1.0.0");
    String output = arg(expected, first ? "--output_path" : "--scores-file", 1);
    ChatScoring.ChatFiles files =
        new ChatScoring.ChatFiles(
            golden.resolve(arg(expected, first ? "--question_input_path" : "--question-file", 1)),
            golden.resolve(arg(expected, first ? "--input_path" : "--answers-file", 1)),
            folder.resolve(output),
            false);
    Script script = new Script(expected.get("events"));
    ChatScoring scoring =
        new ChatScoring(
            script,
            first ? "deployment-name" : "gpt-4-0314",
            first ? ChatSummary.Version.V1_0 : ChatSummary.Version.V1_5,
            OPTIONS);

    StringBuilder out = run(expected, text -> scoring.run(files, text));

    script.check();
    assertThat(out).hasToString(expected.get("stdout").textValue());
    assertThat(folder.resolve(output)).hasContent(expected.get("outputs").get(output).textValue());
  }

  static Stream<Path> reviews() {
    return EvalGolden.cases("gpt_review").stream();
  }

  @ParameterizedTest
  @MethodSource("reviews")
  void reviewsPairs(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    assumeFalse(IntendedDifferences.contains("gpt_review", golden), "differs on purpose");
    boolean visual = EvalGolden.texts(expected.get("args")).contains("-c");
    String output = arg(expected, "-o", 1);
    PairwiseReview.ReviewFiles files =
        new PairwiseReview.ReviewFiles(
            golden.resolve(arg(expected, "-q", 1)),
            golden.resolve(arg(expected, "-a", 1)),
            golden.resolve(arg(expected, "-a", 2)),
            golden.resolve(arg(expected, "-r", 1)),
            visual ? golden.resolve(arg(expected, "-c", 1)) : null,
            folder.resolve(output),
            false);
    Script script = new Script(expected.get("events"));
    List<String> args = EvalGolden.texts(expected.get("args"));
    int maxTokens =
        args.contains("--max-tokens") ? Integer.parseInt(arg(expected, "--max-tokens", 1)) : 1024;

    StringBuilder out =
        run(expected, text -> new PairwiseReview(script, maxTokens, OPTIONS).run(files, text));

    if (expected.get("error").isNull()) {
      // A missing rule shows here before the first request, in the original at its question.
      script.check();
      assertThat(out).hasToString(expected.get("stdout").textValue());
    }
    assertThat(folder.resolve(output)).hasContent(expected.get("outputs").get(output).textValue());
  }

  static Stream<Path> baselines() {
    return EvalGolden.cases("qa_baseline_gpt35").stream();
  }

  @ParameterizedTest
  @MethodSource("baselines")
  void answersTheTextBaseline(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    Script script = new Script(expected.get("events"));
    TextBaseline baseline =
        new TextBaseline(
            script,
            Integer.parseInt(arg(expected, "--max-tokens", 1)),
            OPTIONS,
            new SplittableRandom(3));
    Path output = folder.resolve("out.jsonl");

    StringBuilder out =
        run(
            expected,
            text ->
                baseline.run(
                    new TextBaseline.BaselineFiles(
                        golden.resolve(arg(expected, "-q", 1)), output, false),
                    text));

    script.check();
    assertThat(out).hasToString(expected.get("stdout").textValue());
    assertThat(withoutIds(Files.readString(output)))
        .isEqualTo(withoutIds(expected.get("outputs").get(arg(expected, "-o", 1)).textValue()));
  }

  private static String withoutIds(String lines) {
    return lines.replaceAll("\"answer_id\": \"\\w{20,22}\"", "\"answer_id\": \"\"");
  }

  static Stream<JsonNode> helpers() {
    return EvalGolden.files("llm_helper", ".json").stream().map(GoldenFolder::json);
  }

  @ParameterizedTest
  @MethodSource("helpers")
  void assemblesAndSplitsMessages(JsonNode golden) {
    for (JsonNode item : golden.get("construct")) {
      String model = item.get("model").textValue();
      if (item.has("error")) {
        assertThatThrownBy(() -> LongInput.contextSize(model))
            .isInstanceOf(EvaluationException.class);
        continue;
      }
      assertThat(LongInput.contextSize(model)).isEqualTo(item.get("max_length").intValue());
      assertThat(LongInput.encodingName(model)).isEqualTo(item.get("encoding_name").textValue());
    }
    for (JsonNode item : golden.get("gen_messages")) {
      List<JudgeMessage> messages = longInput(item).messages(item.get("input").textValue());
      assertThat(messages).hasSameSizeAs(item.get("messages"));
      for (int i = 0; i < messages.size(); i++) {
        assertThat(messages.get(i).role().id())
            .isEqualTo(item.get("messages").get(i).get("role").textValue());
        assertThat(messages.get(i).content())
            .isEqualTo(item.get("messages").get(i).get("content").textValue());
      }
    }
    assertThat(golden.get("split_input")).isNotEmpty();
    for (JsonNode item : golden.get("split_input")) {
      if (item.has("error")) {
        assertThatThrownBy(() -> split(item)).isInstanceOf(EvaluationException.class);
        continue;
      }
      List<List<JudgeMessage>> pieces = split(item);
      assertThat(pieces.stream().map(p -> p.get(p.size() - 1).content()))
          .containsExactlyElementsOf(EvalGolden.texts(item.get("last_user_messages")));
    }
  }

  private static List<List<JudgeMessage>> split(JsonNode item) {
    return longInput(item)
        .split(
            item.get("splittable_input").textValue(),
            item.get("max_length").intValue(),
            new WordCodec());
  }

  private static LongInput longInput(JsonNode item) {
    List<LongInput.Example> examples = new ArrayList<>();
    for (JsonNode example : item.get("few_shot_examples")) {
      examples.add(
          new LongInput.Example(
              example.get("user").textValue(), example.get("assistant").textValue()));
    }
    return new LongInput(
        item.get("fixed_instruction").textValue(),
        examples,
        item.get("input_header").textValue(),
        item.get("output_header").textValue());
  }

  /** One token a word, as in the goldens. */
  private static final class WordCodec implements LongInput.TokenCodec {
    private final List<String> words = new ArrayList<>();

    @Override
    public List<Integer> encode(String text) {
      List<Integer> tokens = new ArrayList<>();
      for (String word : PythonText.split(text)) {
        words.add(word);
        tokens.add(words.size() - 1);
      }
      return tokens;
    }

    @Override
    public String decode(List<Integer> tokens) {
      return String.join(" ", tokens.stream().map(words::get).toList());
    }
  }

  static Stream<JsonNode> prompts() {
    return EvalGolden.files("literals", "gpt_prompts.json").stream().map(GoldenFolder::json);
  }

  @ParameterizedTest
  @MethodSource("prompts")
  void promptsAreTheOriginals(JsonNode golden) {
    for (ChatSummary.Version version : ChatSummary.Version.values()) {
      JsonNode literal = golden.get(version == ChatSummary.Version.V1_0 ? "v1.0.0" : "v1.5");
      List<JudgeMessage> messages =
          JudgePrompts.chat(
              new JudgePrompts.ChatCase(
                  "{fig_label}: {fig_caption}",
                  "{in_text_mention}",
                  "{question}",
                  "{ans1}",
                  "{ans2}"),
              version);

      assertThat(messages.get(0).content()).isEqualTo(literal.get("system").textValue());
      assertThat(JudgePrompts.chatInstruction(version))
          .isEqualTo(literal.get("instruction").textValue());
      assertThat(messages.get(1).content()).isEqualTo(literal.get("user_template").textValue());
    }
  }
}
