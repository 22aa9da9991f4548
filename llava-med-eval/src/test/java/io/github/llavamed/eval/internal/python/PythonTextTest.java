package io.github.llavamed.eval.internal.python;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PythonTextTest {
  @ParameterizedTest
  @CsvSource({
    "ΑΣ, ας",
    "ΑΣ.Β, ασ.β",
    "ΑΣ., ας.",
    "Σ, σ",
    "\u0391\u03A3\u2019\u0392, ασ’β",
    "ΑΣ Β, ας β",
    "ΑΣΣ, ασς",
    "1Σ, 1σ",
    "ⅉΣ¼, ⅉς¼",
    "İ, i\u0307"
  })
  void lowerCasesSigmaByTheUnicodeRule(String text, String lower) {
    assertThat(PythonText.lower(text)).isEqualTo(lower);
  }

  @Test
  void splitsAtPythonsWhiteSpaceAlone() {
    assertThat(PythonText.split("\u001ca\u00a0b\u200bc\u2028d\u0085"))
        .containsExactly("a", "b\u200bc", "d");
    assertThat(PythonText.split(" \t")).isEmpty();
    assertThat(PythonText.split("a  b ", ' ')).containsExactly("a", "", "b", "");
    assertThat(PythonText.strip("\u3000 a b\u001f")).isEqualTo("a b");
  }
}
