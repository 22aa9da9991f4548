package io.github.llavamed.generation.internal;

import io.github.llavamed.generation.ConstraintException;
import io.github.llavamed.generation.PatternConstraint;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads the regular expressions of {@link PatternConstraint}. Serves one expression.
 *
 * <pre>
 * either   = sequence { "|" sequence }
 * sequence = { atom { "*" | "+" | "?" | "{" m [ "," [ n ] ] "}" } }
 * atom     = "(" either ")" | "[" class "]" | "." | "\" sign | character
 * </pre>
 */
final class PatternParser {
  private static final int MAX_DEPTH = 100;

  /** Signs that mean something, so that they have to be escaped. */
  private static final String SIGNS = "\\|*+?{}()[].^$-";

  private final int[] pattern;
  private int at;
  private int depth;

  private PatternParser(String pattern) {
    this.pattern = pattern.codePoints().toArray();
  }

  static PatternNode parse(String pattern) {
    PatternParser parser = new PatternParser(pattern);
    PatternNode node = parser.either();
    if (parser.at < parser.pattern.length) {
      throw parser.malformed("')' without '('");
    }
    return node;
  }

  private PatternNode either() {
    List<PatternNode> parts = new ArrayList<>();
    parts.add(sequence());
    while (take('|')) {
      parts.add(sequence());
    }
    return parts.size() == 1 ? parts.get(0) : new PatternNode.Either(parts);
  }

  private PatternNode sequence() {
    List<PatternNode> parts = new ArrayList<>();
    while (at < pattern.length && pattern[at] != '|' && pattern[at] != ')') {
      parts.add(repeated(atom()));
    }
    return parts.size() == 1 ? parts.get(0) : new PatternNode.Sequence(parts);
  }

  private PatternNode repeated(PatternNode atom) {
    PatternNode node = atom;
    if (take('*')) {
      node = new PatternNode.Repeat(atom, 0, -1);
    } else if (take('+')) {
      node = new PatternNode.Repeat(atom, 1, -1);
    } else if (take('?')) {
      node = new PatternNode.Repeat(atom, 0, 1);
    } else if (take('{')) {
      node = counted(atom);
    }
    if (node != atom && at < pattern.length && "*+?{".indexOf(pattern[at]) >= 0) {
      // Other languages mean a lazy or possessive repetition by it.
      throw malformed("a repetition of a repetition; put the first into a group");
    }
    return node;
  }

  private PatternNode counted(PatternNode node) {
    int least = number();
    int most = least;
    if (take(',')) {
      most = at < pattern.length && pattern[at] == '}' ? -1 : number();
    }
    if (!take('}')) {
      throw malformed("expected '}'");
    }
    if (most >= 0 && most < least) {
      throw malformed("{%d,%d} is empty".formatted(least, most));
    }
    return new PatternNode.Repeat(node, least, most);
  }

  private int number() {
    int start = at;
    int value = 0;
    while (at < pattern.length && pattern[at] >= '0' && pattern[at] <= '9') {
      value = value * 10 + pattern[at++] - '0';
      if (value > PatternConstraint.MAX_REPETITIONS) {
        throw malformed("more than %d repetitions".formatted(PatternConstraint.MAX_REPETITIONS));
      }
    }
    if (at == start) {
      throw malformed("expected a number; write '\\{' for the sign");
    }
    return value;
  }

  private PatternNode atom() {
    int sign = pattern[at++];
    return switch (sign) {
      case '(' -> group();
      case '[' -> new PatternNode.One(characterClass());
      case '.' -> new PatternNode.One(CodePoints.NOT_LINE_FEED);
      case '\\' -> new PatternNode.One(escaped());
      case '*', '+', '?', '{', '}', ']', '^', '$' ->
          throw malformed("'%c' at a place where it means nothing; put '\\' first".formatted(sign));
      default -> new PatternNode.One(single(sign));
    };
  }

  private PatternNode group() {
    if (++depth > MAX_DEPTH) {
      throw malformed("more than %d groups inside each other".formatted(MAX_DEPTH));
    }
    PatternNode node = either();
    if (!take(')')) {
      throw malformed("'(' without ')'");
    }
    depth--;
    return node;
  }

  private CodePoints characterClass() {
    boolean negated = take('^');
    List<CodePoints> parts = new ArrayList<>();
    while (at < pattern.length && pattern[at] != ']') {
      int start = at;
      CodePoints first = classPart();
      boolean range = at + 1 < pattern.length && pattern[at] == '-' && pattern[at + 1] != ']';
      parts.add(range ? range(first, start) : first);
    }
    if (!take(']')) {
      throw malformed("'[' without ']'");
    }
    if (parts.isEmpty()) {
      throw malformed("a class without characters");
    }
    CodePoints set = CodePoints.union(parts);
    CodePoints result = negated ? set.complement() : set;
    if (result.ranges().isEmpty()) {
      throw malformed("a class that no character is in");
    }
    return result;
  }

  private CodePoints range(CodePoints first, int start) {
    at++; // the hyphen
    CodePoints last = classPart();
    int from = onlyMember(first);
    int to = onlyMember(last);
    if (from < 0 || to < from) {
      at = start;
      throw malformed("not a range of characters");
    }
    return CodePoints.of(from, to);
  }

  private static int onlyMember(CodePoints set) {
    List<CodePoints.Range> ranges = set.ranges();
    boolean one = ranges.size() == 1 && ranges.get(0).first() == ranges.get(0).last();
    return one ? ranges.get(0).first() : -1;
  }

  private CodePoints classPart() {
    int sign = pattern[at++];
    return sign == '\\' ? escaped() : single(sign);
  }

  private CodePoints escaped() {
    if (at == pattern.length) {
      throw malformed("'\\' at the end");
    }
    int sign = pattern[at++];
    return switch (sign) {
      case 'd' -> CodePoints.DIGITS;
      case 'D' -> CodePoints.DIGITS.complement();
      case 'w' -> CodePoints.WORD;
      case 'W' -> CodePoints.WORD.complement();
      case 's' -> CodePoints.SPACE;
      case 'S' -> CodePoints.SPACE.complement();
      case 'n' -> single('\n');
      case 't' -> single('\t');
      case 'r' -> single('\r');
      default -> {
        if (SIGNS.indexOf(sign) < 0) {
          throw malformed("'\\%c' is not known".formatted(sign));
        }
        yield single(sign);
      }
    };
  }

  private CodePoints single(int codePoint) {
    if (codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE) {
      throw malformed("half of a character");
    }
    return CodePoints.of(codePoint, codePoint);
  }

  private boolean take(int sign) {
    if (at < pattern.length && pattern[at] == sign) {
      at++;
      return true;
    }
    return false;
  }

  private ConstraintException malformed(String what) {
    return new ConstraintException(
        "pattern '%s', before character %d: %s"
            .formatted(new String(pattern, 0, pattern.length), at, what));
  }
}
