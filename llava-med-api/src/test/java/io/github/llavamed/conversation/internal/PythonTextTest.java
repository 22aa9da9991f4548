package io.github.llavamed.conversation.internal;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class PythonTextTest {
  /** {@code [c for c in range(0x110000) if chr(c).isspace()]} of Python 3.11. */
  private static final int[] PYTHON_SPACES = {
    0x09, 0x0A, 0x0B, 0x0C, 0x0D, 0x1C, 0x1D, 0x1E, 0x1F, 0x20, 0x85, 0xA0, 0x1680, 0x2000, 0x2001,
    0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200A, 0x2028, 0x2029, 0x202F,
    0x205F, 0x3000
  };

  @Test
  void knowsExactlyPythonsWhiteSpace() {
    int[] found = IntStream.range(0, 0x10000).filter(c -> PythonText.isSpace((char) c)).toArray();

    assertThat(found).containsExactly(PYTHON_SPACES);
  }

  @Test
  void stripsBothEndsOnly() {
    String spaces =
        IntStream.of(PYTHON_SPACES).mapToObj(Character::toString).collect(Collectors.joining());

    assertThat(PythonText.strip(spaces + "a b\u200B" + spaces)).isEqualTo("a b\u200B");
    assertThat(PythonText.strip(spaces)).isEmpty();
    assertThat(PythonText.strip("")).isEmpty();
  }

  @Test
  void stripsLeadingCharactersAsSet() {
    assertThat(PythonText.stripLeading("<s>s<x>", "<s>")).isEqualTo("x>");
    assertThat(PythonText.stripLeading("abc", "")).isEqualTo("abc");
    assertThat(PythonText.stripLeading("\uD83E\uDEC1x", "\uD83E\uDEC1")).isEqualTo("x");
    assertThat(PythonText.stripLeading("sss", "s")).isEmpty();
  }
}
