package io.github.llavamed.eval.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.eval.EvalGolden;
import io.github.llavamed.testing.GoldenFolder;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class ResultTableGoldenTest {
  static Stream<JsonNode> tables() {
    return EvalGolden.files("table_format", ".json").stream()
        .flatMap(file -> GoldenFolder.json(file).get("tables").valueStream());
  }

  @ParameterizedTest
  @MethodSource("tables")
  void laysOutTablesAsTheOriginal(JsonNode golden) {
    List<String> names = new ArrayList<>();
    List<Double> values = new ArrayList<>();
    for (JsonNode value : golden.get("values")) {
      names.add("row " + names.size());
      values.add(value.doubleValue());
    }

    assertThat(ResultTable.of(names, values)).isEqualTo(golden.get("text").textValue());
  }
}
