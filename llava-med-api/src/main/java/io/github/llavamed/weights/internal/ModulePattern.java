package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.config.MalformedConfigException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.jspecify.annotations.Nullable;

/**
 * Which modules of a model an adapter means: by names, by a regular expression, or all.
 *
 * <p>Immutable and safe for concurrent use.
 */
final class ModulePattern {
  /** Steps of a regular expression before it is refused: files are not trusted. */
  private static final int MAX_STEPS = 100_000;

  private final Path file;
  private final List<String> names;
  private final @Nullable Pattern expression;

  private ModulePattern(Path file, List<String> names, @Nullable Pattern expression) {
    this.file = file;
    this.names = List.copyOf(names);
    this.expression = expression;
  }

  /**
   * Reads {@code target_modules}: a list of names or suffixes, a regular expression for the whole
   * name, or {@code all-linear}.
   *
   * @throws MalformedConfigException if it is none of these
   */
  static ModulePattern targets(Path file, JsonNode value) {
    if (value.isTextual()) {
      return value.textValue().equals("all-linear")
          ? new ModulePattern(file, List.of(), Pattern.compile(".*", Pattern.DOTALL))
          : new ModulePattern(file, List.of(), compile(file, value.textValue()));
    }
    List<String> names = new ArrayList<>();
    for (JsonNode item : value) {
      if (!value.isArray() || !item.isTextual()) {
        throw LoraConfig.malformed(file, "target_modules", value, "names or an expression");
      }
      names.add(item.textValue());
    }
    if (names.isEmpty()) {
      throw LoraConfig.malformed(file, "target_modules", value, "at least one name");
    }
    return new ModulePattern(file, names, null);
  }

  /** Returns the pattern of a key of {@code rank_pattern}: an expression for the last names. */
  static ModulePattern suffix(Path file, String key) {
    return new ModulePattern(file, List.of(), compile(file, "(.*\\.)?(" + key + ")"));
  }

  /** Returns whether a module, such as {@code model.layers.0.self_attn.q_proj}, is meant. */
  boolean matches(String module) {
    if (expression == null) {
      return names.stream().anyMatch(name -> endsWith(module, name));
    }
    return expression.matcher(new CountedText(module, file)).matches();
  }

  /** Returns whether a module's name is, or ends with, the given names. */
  static boolean endsWith(String module, String name) {
    return module.equals(name) || module.endsWith("." + name);
  }

  private static Pattern compile(Path file, String expression) {
    try {
      return Pattern.compile(expression);
    } catch (PatternSyntaxException e) {
      throw new MalformedConfigException(
          "%s: expected a regular expression, found '%s': %s"
              .formatted(file, expression, e.getDescription()),
          e);
    }
  }

  /** A text that gives up when an expression looks at it too often. */
  private static final class CountedText implements CharSequence {
    private final String text;
    private final Path file;
    private int steps;

    CountedText(String text, Path file) {
      this.text = text;
      this.file = file;
    }

    @Override
    public int length() {
      return text.length();
    }

    @Override
    public char charAt(int index) {
      if (++steps > MAX_STEPS) {
        throw new MalformedConfigException(
            "%s: expected an expression that decides on '%s' in %d steps, found one that does not"
                .formatted(file, text, MAX_STEPS),
            null);
      }
      return text.charAt(index);
    }

    @Override
    public CharSequence subSequence(int start, int end) {
      return text.substring(start, end);
    }

    @Override
    public String toString() {
      return text;
    }
  }
}
