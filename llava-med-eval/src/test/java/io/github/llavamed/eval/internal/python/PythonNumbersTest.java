package io.github.llavamed.eval.internal.python;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalDouble;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PythonNumbersTest {
  @ParameterizedTest
  @CsvSource({
    "9, 9.0",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "1e15, 1000000000000000.0",
    "1e16, 1e+16",
    "1.5e300, 1.5e+300",
    "0.1, 0.1",
    "4.9e-324, 5e-324",
    "2.2250738585072014e-308, 2.2250738585072014e-308",
    "2e23, 2e+23",
    "9007199254740993, 9007199254740992.0",
    "-0.0, -0.0",
    "123456789.125, 123456789.125",
    "1e22, 1e+22",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "9.5367431640625e-07, 9.5367431640625e-07"
  })
  void printsTheShortestDigits(double value, String text) {
    assertThat(PythonNumbers.text(value)).isEqualTo(text);
  }

  @Test
  void shortestDigitsReadBackToTheSameNumber() {
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < 20_000; i++) {
      double value = Double.longBitsToDouble(random.nextLong());
      if (Double.isFinite(value)) {
        String text = PythonNumbers.text(value);
        assertThat(Double.parseDouble(text)).as(text).isEqualTo(value);
        assertThat(digits(text)).isLessThanOrEqualTo(digits(Double.toString(value)));
      }
    }
  }

  private static int digits(String text) {
    String mantissa = text.split("[eE]")[0].replaceAll("[-.]", "");
    return mantissa.replaceAll("^0+|0+$", "").length();
  }

  @ParameterizedTest
  @CsvSource({
    "0.015, 2, 0.01",
    "1.005, 2, 1.00",
    "2.5, 0, 2",
    "-1.25, 1, -1.2",
    "61.527, 2, 61.53"
  })
  void roundsFixedFormatFromTheExactValue(double value, int decimals, String text) {
    assertThat(PythonNumbers.fixed(value, decimals)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-0.0, -0",
    "50, 50",
    "85.71428571, 85.7143",
    "999999.5, 1e+06",
    "2.2250738585072627e-306, 2.22507e-306",
    "100000, 100000",
    "0.00001234, 1.234e-05"
  })
  void printsSixSignificantDigits(double value, String text) {
    assertThat(PythonNumbers.general(value)).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "8, 8",
    "' 8\t', 8",
    ".5, 0.5",
    "5., 5",
    "1_0, 10",
    "1e1_0, 1e10",
    "７, 7",
    "٣.٤, 3.4",
    "+1E-3, 0.001",
    "-inf, -Infinity",
    "Infinity, Infinity",
    "NaN, NaN",
    "+nan, NaN"
  })
  void parsesWhatPythonParses(String text, double value) {
    assertThat(PythonNumbers.parse(text)).isEqualTo(OptionalDouble.of(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", " ", "0x10", "1,5", "1__0", "_1", "1_", "1_.5", "e5", "1e", ".", "1.5f", "infin", "²"
      })
  void refusesWhatPythonRefuses(String text) {
    assertThat(PythonNumbers.parse(text)).isEmpty();
  }
}
