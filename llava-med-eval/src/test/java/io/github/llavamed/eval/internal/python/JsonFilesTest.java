package io.github.llavamed.eval.internal.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.eval.EvaluationException;
import io.github.llavamed.eval.EvaluationLimits;
import io.github.llavamed.eval.EvaluationOptions;
import io.github.llavamed.eval.EvaluationQuirk;
import io.github.llavamed.eval.EvaluationQuirks;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JsonFilesTest {
  private final JsonFiles files = new JsonFiles(EvaluationOptions.DEFAULT);

  @TempDir Path folder;

  @Test
  void endsLinesAtLfCrLfAndCrButNotAtLineSeparators() {
    var lines = files.lines("1\r\n\"a\u2028b\"\r3", "f");

    assertThat(lines)
        .extracting(line -> line.value().asText())
        .containsExactly("1", "a\u2028b", "3");
    assertThat(lines.get(2).where()).isEqualTo("f, line 3");
  }

  @Test
  void namesFileAndLineOfABlankLine() {
    assertThatThrownBy(() -> files.lines("1\n\n2\n", "f.jsonl"))
        .isInstanceOf(EvaluationException.class)
        .hasMessageContaining("f.jsonl, line 2")
        .extracting(e -> ((EvaluationException) e).originalText())
        .isEqualTo("Expecting value: line 2 column 1 (char 1)");
  }

  @Test
  void skipsBlankLinesOnRequest() {
    EvaluationQuirks quirks = EvaluationQuirks.ORIGINAL.without(EvaluationQuirk.BLANK_LINE_FAILS);
    JsonFiles lenient = new JsonFiles(EvaluationOptions.DEFAULT.withQuirks(quirks));

    assertThat(lenient.lines("1\n \n2", "f"))
        .extracting(JsonFiles.Line::where)
        .containsExactly("f, line 1", "f, line 3");
  }

  @Test
  void keepsTheLastOfRepeatedKeysAndReadsNumberWords() {
    var value = files.lines("{\"a\": 1, \"b\": -Infinity, \"a\": NaN}", "f").get(0).value();

    assertThat(PythonJson.line(value)).isEqualTo("{\"a\": NaN, \"b\": -Infinity}");
  }

  @Test
  void refusesTextBehindTheValue() {
    assertThatThrownBy(() -> files.lines("{} {}", "f")).hasMessageContaining("f, line 1");
  }

  @Test
  void refusesDeepNesting() {
    String deep = "[".repeat(100_000) + "]".repeat(100_000);

    assertThatThrownBy(() -> files.lines(deep, "f")).isInstanceOf(EvaluationException.class);
  }

  @Test
  void refusesFilesAboveTheLimit() throws IOException {
    Path file = Files.writeString(folder.resolve("f.json"), "[1, 2, 3]");
    EvaluationLimits small = new EvaluationLimits(4, 10, 10);
    JsonFiles limited = new JsonFiles(new EvaluationOptions(EvaluationQuirks.ORIGINAL, small));

    assertThatThrownBy(() -> limited.tree(file)).hasMessageContaining("at most 4 bytes, found 9");
  }

  @Test
  void refusesBytesThatAreNotUtf8() throws IOException {
    Path file = Files.write(folder.resolve("f.json"), new byte[] {'"', (byte) 0xff, '"'});

    assertThatThrownBy(() -> files.tree(file)).hasMessageContaining("expected UTF-8");
  }
}
