package io.github.llavamed.eval.internal.python;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.eval.EvaluationLimits;
import io.github.llavamed.testing.GoldenFolder;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class PythonGoldenTest {
  private static final PythonJson JSON = new PythonJson(EvaluationLimits.DEFAULT);

  static Stream<String> pythonTexts() {
    return EvalGolden.files("python_text", ".jsonl").stream()
        .flatMap(file -> EvalGolden.text(file).lines());
  }

  @ParameterizedTest
  @MethodSource("pythonTexts")
  void printsJsonValuesAsPythonDoes(String line) {
    JsonNode golden = JSON.parse(line, "case");

    assertThat(PythonJson.pythonText(golden.get("value"))).isEqualTo(golden.get("text").asText());
    assertThat(PythonJson.pythonRepr(golden.get("value"))).isEqualTo(golden.get("repr").asText());
  }

  static Stream<JsonNode> jsonLines() {
    return EvalGolden.files("json_lines", ".json").stream()
        .flatMap(file -> GoldenFolder.json(file).valueStream());
  }

  @ParameterizedTest
  @MethodSource("jsonLines")
  void writesJsonAsPythonDoes(JsonNode golden) {
    String line = golden.get("line").textValue();
    JsonNode value = JSON.parse(line, "case");

    assertThat(PythonJson.line(value)).isEqualTo(line);
    assertThat(PythonJson.indented(value)).isEqualTo(golden.get("indent2").textValue());
    assertThat(JSON.parse(PythonJson.indented(value), "case")).isEqualTo(value);
  }

  static Stream<Path> tableFormats() {
    return EvalGolden.files("table_format", ".json").stream();
  }

  @ParameterizedTest
  @MethodSource("tableFormats")
  void formatsNumbersAsPythonDoes(Path file) {
    JsonNode golden = GoldenFolder.json(file);

    assertThat(golden.get("general_format")).isNotEmpty();
    for (JsonNode item : golden.get("general_format")) {
      assertThat(PythonNumbers.general(item.get("value").doubleValue()))
          .isEqualTo(item.get("text").textValue());
    }
    for (JsonNode item : golden.get("float_repr")) {
      assertThat(PythonNumbers.text(item.get("value").doubleValue()))
          .isEqualTo(item.get("text").textValue());
    }
    for (int decimals = 0; decimals < 10; decimals++) {
      for (JsonNode item : golden.path("round" + decimals)) {
        double rounded = PythonNumbers.round(item.get("value").doubleValue(), decimals);
        assertThat(PythonNumbers.text(rounded)).isEqualTo(item.get("text").textValue());
      }
      for (JsonNode item : golden.path("percent" + decimals)) {
        assertThat(PythonNumbers.fixed(item.get("value").doubleValue(), decimals))
            .isEqualTo(item.get("text").textValue());
      }
    }
  }
}
