package io.github.llavamed.generation.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.generation.ConstraintException;
import io.github.llavamed.generation.OutputConstraint;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BytePatternTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "abc",
        "a|b|",
        "(ab|a)(bc|c)?",
        "a*b+c?",
        "(a|b)*abb",
        "[a-c]{2,3}",
        "(a{2}){2}b{0}",
        "[^ab]c{2,}",
        ".a.",
        "\\d+(\\.\\d{1,2})?",
        "\\w\\W\\s*\\S",
        "[é-ñ€]+",
        "[^é]{2}",
        "\\[\\(\\{a\\}\\)\\]",
        "(a*)*b",
        "[a\\-c.]+"
      })
  void matchesWhatJavasExpressionsMatch(String expression) {
    Pattern java = Pattern.compile(expression, Pattern.UNIX_LINES);
    BytePattern pattern = BytePattern.parse(expression);
    Random random = new Random(expression.hashCode());
    int matches = 0;
    for (int i = 0; i < 4000; i++) {
      String text = text(random, "abc-1.2 _\néñ€😀[]({})", 6);
      boolean expected = java.matcher(text).matches();
      matches += expected ? 1 : 0;
      assertThat(pattern.matches(text)).as("'%s' on '%s'", expression, text).isEqualTo(expected);
    }
    assertThat(matches).as("texts that match").isLessThan(4000);
  }

  private static String text(Random random, String alphabet, int longest) {
    int[] characters = alphabet.codePoints().toArray();
    return IntStream.range(0, random.nextInt(longest + 1))
        .mapToObj(i -> Character.toString(characters[random.nextInt(characters.length)]))
        .collect(Collectors.joining());
  }

  @Test
  void everyRangeOfCodePointsIsExactlyItsBytes() {
    Random random = new Random(3);
    int[] borders = {
      0, 0x7F, 0x80, 0x7FF, 0x800, 0xFFF, 0x1000, 0xCFFF, 0xE000, 0xFFFF, 0x10000, 0x10FFFF
    };
    for (int i = 0; i < 200; i++) {
      int a = near(random, borders);
      int b = near(random, borders);
      CodePoints set = CodePoints.of(Math.min(a, b), Math.max(a, b));
      for (int j = 0; j < 50; j++) {
        int codePoint = near(random, borders);
        boolean inside =
            set.ranges().stream().anyMatch(r -> codePoint >= r.first() && codePoint <= r.last());
        assertThat(isMatched(set, codePoint))
            .as("U+%X in U+%X … U+%X", codePoint, Math.min(a, b), Math.max(a, b))
            .isEqualTo(inside);
      }
    }
  }

  private static int near(Random random, int[] borders) {
    int value = borders[random.nextInt(borders.length)] + random.nextInt(131) - 65;
    value = Math.max(0, Math.min(Character.MAX_CODE_POINT, value));
    return value >= 0xD800 && value <= 0xDFFF ? 0xD7FF : value;
  }

  private static boolean isMatched(CodePoints set, int codePoint) {
    byte[] bytes = Character.toString(codePoint).getBytes(StandardCharsets.UTF_8);
    return set.ranges().stream()
        .flatMap(range -> Utf8Ranges.of(range).stream())
        .anyMatch(
            pairs ->
                pairs.length == 2 * bytes.length
                    && IntStream.range(0, bytes.length)
                        .allMatch(
                            i ->
                                (bytes[i] & 0xFF) >= pairs[2 * i]
                                    && (bytes[i] & 0xFF) <= pairs[2 * i + 1]));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "(", ")", "a)", "[", "[]", "[^]", "[z-a]", "[\\d-z]", "*", "a**", "a+?", "a{", "a{}", "a{2",
        "a{3,2}", "a{1001}", "\\", "\\q", "^a", "a$", "a{,2}", "[a"
      })
  void malformedExpressionsAreRefused(String expression) {
    assertThatThrownBy(() -> OutputConstraint.matching(expression))
        .isInstanceOf(ConstraintException.class)
        .hasMessageContaining("pattern");
  }

  @Test
  void expressionsThatGrowWithoutBoundAreRefused() {
    assertThatThrownBy(() -> BytePattern.parse("((a{1000}){1000}){1000}"))
        .isInstanceOf(ConstraintException.class)
        .hasMessageContaining("at most 100000 states");
    assertThatThrownBy(() -> BytePattern.parse("((((){1000}){1000}){1000}){1000}"))
        .isInstanceOf(ConstraintException.class);
    assertThatThrownBy(() -> BytePattern.parse("(".repeat(5000) + ")".repeat(5000)))
        .isInstanceOf(ConstraintException.class)
        .hasMessageContaining("groups inside each other");
  }

  @Test
  void aTextIsDeadAsSoonAsItCannotBecomeAMatch() {
    BytePattern pattern = BytePattern.parse("yes|no");

    assertThat(pattern.step(BytePattern.START, bytes("y"))).isNotEqualTo(BytePattern.DEAD);
    assertThat(pattern.step(BytePattern.START, bytes("x"))).isEqualTo(BytePattern.DEAD);
    assertThat(pattern.step(BytePattern.START, bytes("yesno"))).isEqualTo(BytePattern.DEAD);
    assertThat(pattern.isMatch(pattern.step(BytePattern.START, bytes("ye")))).isFalse();
  }

  @Test
  void complementsLeaveNothingOutAndNothingDouble() {
    CodePoints set = CodePoints.union(List.of(CodePoints.of('a', 'z'), CodePoints.of('k', 0xE000)));
    List<CodePoints.Range> all = CodePoints.union(List.of(set, set.complement())).ranges();

    assertThat(all)
        .containsExactly(new CodePoints.Range(0, 0xD7FF), new CodePoints.Range(0xE000, 0x10FFFF));
    assertThat(set.complement().complement()).isEqualTo(set);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
