package io.github.llavamed.eval.scienceqa;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirks;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class ScienceQaGoldenTest {
  private static final EvaluationOptions OPTIONS = EvaluationOptions.DEFAULT;

  static Stream<JsonNode> letters() {
    return EvalGolden.jsons("science_qa", JsonNode::isArray).flatMap(JsonNode::valueStream);
  }

  @ParameterizedTest
  @MethodSource("letters")
  void readsLetters(JsonNode golden) {
    assertThat(AnswerLetter.text(golden.get("text").textValue()))
        .isEqualTo(golden.get("parsed").textValue());
  }

  static Stream<Path> cases() {
    return EvalGolden.cases("science_qa").stream();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void scoresAsTheOriginalPrograms(Path golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.resolve("expected.json"));
    ScienceQa questions = ScienceQa.read(golden, arg(expected, "--split", "test"), OPTIONS);
    LetterChoice letters = letters(expected);
    if (!expected.has("program")) {
      checkWithoutChance(golden, expected, questions, letters);
    } else if (expected.get("error").isNull()) {
      checkOutputs(golden, expected, questions, letters);
    } else {
      assertThatThrownBy(() -> checkOutputs(golden, expected, questions, letters))
          .isInstanceOf(EvaluationException.class);
    }
  }

  private static LetterChoice letters(JsonNode expected) {
    List<String> options =
        arg(expected, "--options", "ABCDE").chars().mapToObj(Character::toString).toList();
    return new LetterChoice(options, EvaluationQuirks.ORIGINAL, 1);
  }

  private static void checkOutputs(
      Path golden, JsonNode expected, ScienceQa questions, LetterChoice letters)
      throws IOException {
    Map<String, String> outputs = new HashMap<>();
    String text =
        switch (expected.get("program").textValue()) {
          case "eval_science_qa.py" -> {
            ScienceQaScore score =
                ScienceQaScore.of(questions, answers(golden, expected, "--result-file"), letters);
            outputs.put("--output-file", score.outputJson());
            outputs.put("--output-result", score.resultJson());
            yield score.text();
          }
          case "eval_science_qa_gpt4.py" ->
              ScienceQaCombination.of(
                      questions,
                      answers(golden, expected, "--our-result"),
                      outputs(golden, expected),
                      letters)
                  .text();
          case "eval_science_qa_gpt4_requery.py" -> {
            ScienceQaRequery score =
                ScienceQaRequery.of(
                    questions,
                    answers(golden, expected, "--our-result"),
                    outputs(golden, expected),
                    answers(golden, expected, "--requery-result"),
                    letters);
            outputs.put("--output-result", score.resultJson());
            yield score.text();
          }
          default -> throw new AssertionError(expected.get("program"));
        };

    assertThat(text).isEqualTo(expected.get("stdout").textValue());
    assertThat(expected.get("outputs")).hasSameSizeAs(outputs.keySet());
    outputs.forEach(
        (option, content) ->
            assertThat(content)
                .isEqualTo(expected.get("outputs").get(arg(expected, option)).textValue()));
  }

  private static void checkWithoutChance(
      Path golden, JsonNode expected, ScienceQa questions, LetterChoice letters)
      throws IOException {
    ScienceQaScore score =
        ScienceQaScore.of(
            questions, ScienceQa.answers(golden.resolve("r.jsonl"), OPTIONS), letters);

    assertThat(score.items()).hasSameSizeAs(expected.get("items")).isNotEmpty();
    for (int i = 0; i < score.items().size(); i++) {
      ScienceQaScore.Item item = score.items().get(i);
      JsonNode truth = expected.get("items").get(i);
      assertThat(item.id()).isEqualTo(truth.get("question_id").textValue());
      assertThat(item.letter()).isEqualTo(truth.get("parsed_ans").textValue());
      assertThat(item.truth()).isEqualTo(truth.get("ground_truth").textValue());
      assertThat(item.answer().prompt().contains("<image>"))
          .isEqualTo(truth.get("is_multimodal").booleanValue());
      if (truth.get("random").booleanValue()) {
        assertThat(item.index())
            .isBetween(
                truth.get("result_index_range").get(0).intValue(),
                truth.get("result_index_range").get(1).intValue());
      } else {
        assertThat(item.index()).isEqualTo(truth.get("result_index").intValue());
        assertThat(item.correct() ? "correct" : "incorrect")
            .isEqualTo(truth.get("side").textValue());
      }
    }
  }

  private static Map<String, ScienceQa.Answer> answers(
      Path golden, JsonNode expected, String option) throws IOException {
    return ScienceQa.answers(golden.resolve(arg(expected, option)), OPTIONS);
  }

  private static Map<String, ScienceQa.Answer> outputs(Path golden, JsonNode expected)
      throws IOException {
    return ScienceQa.outputs(golden.resolve(arg(expected, "--gpt4-result")), OPTIONS);
  }

  private static String arg(JsonNode expected, String option) {
    String value = arg(expected, option, "");
    assertThat(value).as(option).isNotEmpty();
    return value;
  }

  private static String arg(JsonNode expected, String option, String otherwise) {
    List<String> args = expected.has("args") ? EvalGolden.texts(expected.get("args")) : List.of();
    int index = args.indexOf(option);
    return index < 0 ? otherwise : args.get(index + 1);
  }
}
