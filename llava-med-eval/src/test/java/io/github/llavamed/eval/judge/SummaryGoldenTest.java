package io.github.llavamed.eval.judge;

import static io.github.llavamed.eval.EvalGolden.assertClose;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.internal.python.PythonNumbers;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class SummaryGoldenTest {
  static Stream<JsonNode> reviews() {
    return EvalGolden.lines("parse_score").stream();
  }

  @ParameterizedTest
  @MethodSource("reviews")
  void readsTheScoresOfAReview(JsonNode golden) {
    ReviewScores scores = ReviewScores.parse(golden.get("review").textValue());

    assertThat(List.of(text(scores, scores.first()), text(scores, scores.second())))
        .isEqualTo(EvalGolden.texts(golden.get("scores")));
    assertThat(scores.complaint()).isEqualTo(golden.get("printed").textValue());
  }

  private static String text(ReviewScores scores, double score) {
    return scores.failed() ? Integer.toString((int) score) : PythonNumbers.text(score);
  }

  static Stream<JsonNode> chats() {
    return EvalGolden.jsons("summarize", JsonNode::isArray).flatMap(JsonNode::valueStream);
  }

  @ParameterizedTest
  @MethodSource("chats")
  void summarisesTheChatBenchmarkOfTheFirstRelease(JsonNode golden) {
    ChatSummary.Version version = ChatSummary.Version.V1_0;
    List<ChatVerdict> verdicts = new ArrayList<>();
    if (golden.get("error").isNull()) {
      golden.get("samples").forEach(sample -> verdicts.add(ChatVerdict.of(sample, version, "s")));
      assertThat(ChatSummary.of(verdicts, version).text())
          .isEqualTo(golden.get("stdout").textValue());
    } else {
      assertThatThrownBy(
              () -> {
                golden
                    .get("samples")
                    .forEach(sample -> verdicts.add(ChatVerdict.of(sample, version, "s")));
                ChatSummary.of(verdicts, version);
              })
          .isInstanceOf(EvaluationException.class);
    }
  }

  private static Stream<Path> summaries(String version) {
    return EvalGolden.cases(
        "summarize", expected -> expected.get("version").textValue().equals(version))
        .stream();
  }

  static Stream<Path> tables() {
    return summaries("v1.5");
  }

  @ParameterizedTest
  @MethodSource("tables")
  void summarisesTheChatBenchmarkOfTheSecondRelease(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    Path file = golden.resolve("scores.jsonl");
    ChatSummary.Version version = ChatSummary.Version.V1_5;
    if (!expected.get("error").isNull()) {
      assertThatThrownBy(
              () ->
                  ChatSummary.of(
                      ChatVerdict.read(file, version, EvaluationOptions.DEFAULT), version))
          .isInstanceOf(EvaluationException.class);
      return;
    }

    ChatSummary summary =
        ChatSummary.of(ChatVerdict.read(file, version, EvaluationOptions.DEFAULT), version);

    assertThat(summary.text()).isEqualTo(expected.get("stdout_250_columns").textValue());
    assertThat(summary.groups()).hasSameSizeAs(expected.get("groups"));
    for (ChatSummary.Group group : summary.groups()) {
      JsonNode means = expected.get("groups").get(String.valueOf(group.name()));
      assertClose("gpt4_score", group.reference(), means.get("gpt4_score").doubleValue());
      assertClose("pred_score", group.model(), means.get("pred_score").doubleValue());
      assertClose("relative", group.relative(), means.get("pred_relative_score").doubleValue());
      assertThat(group.size()).isEqualTo(means.get("data_size").intValue());
    }
  }

  static Stream<Path> pairwise() {
    return summaries("v1.0.0");
  }

  @ParameterizedTest
  @MethodSource("pairwise")
  void summarisesPairwiseReviews(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    Path folder = golden.resolve("vqa/reviews/coco2014_val80");
    if (!expected.get("error").isNull()) {
      assertThatThrownBy(() -> ReviewSummary.read(folder, EvaluationOptions.DEFAULT))
          .isInstanceOf(EvaluationException.class);
      return;
    }
    assertThat(Files.isDirectory(folder)).isTrue();

    StringBuilder out = new StringBuilder();
    ReviewSummary.read(folder, EvaluationOptions.DEFAULT)
        .forEach(summary -> out.append(summary.text()));

    assertThat(out).hasToString(expected.get("stdout").textValue());
  }
}
