package io.github.llavamed.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Brings the spellings of the original programs to one: {@code --a_b} becomes {@code --a-b}. */
final class OptionNames {
  private OptionNames() {}

  static List<String> normalize(List<String> args) {
    List<String> normalized = new ArrayList<>(args.size());
    boolean optionsEnded = false;
    for (String arg : args) {
      optionsEnded |= arg.equals("--");
      normalized.add(!optionsEnded && arg.startsWith("--") ? name(arg) : arg);
    }
    return normalized;
  }

  private static String name(String arg) {
    int equals = arg.indexOf('=');
    String name = equals < 0 ? arg : arg.substring(0, equals);
    String rest = equals < 0 ? "" : arg.substring(equals);
    // A text that happens to start with two dashes is left as it is.
    boolean optionLike = name.chars().noneMatch(Character::isWhitespace);
    return optionLike ? name.replace('_', '-').toLowerCase(Locale.ROOT) + rest : arg;
  }
}
