package io.github.llavamed.eval.internal.python;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;

/** Prints and parses floating-point numbers as Python does. */
public final class PythonNumbers {
  private static final String DIGITS = "\\d(?:_?\\d)*";
  private static final Pattern FLOAT =
      Pattern.compile(
          "[+-]?(?:"
              + DIGITS
              + "(?:\\.(?:"
              + DIGITS
              + ")?)?|\\."
              + DIGITS
              + ")(?:[eE][+-]?"
              + DIGITS
              + ")?");
  private static final Pattern WORD =
      Pattern.compile("([+-]?)(inf|infinity|nan)", Pattern.CASE_INSENSITIVE);

  private PythonNumbers() {}

  /** Returns the shortest text that reads back to the same number, as {@code repr(float)}. */
  public static String text(double value) {
    if (Double.isNaN(value)) {
      return "nan";
    }
    if (Double.isInfinite(value)) {
      return value > 0 ? "inf" : "-inf";
    }
    String sign = isNegative(value) ? "-" : "";
    double magnitude = Math.abs(value);
    if (magnitude == 0) {
      return sign + "0.0";
    }
    BigDecimal shortest = shortest(magnitude).stripTrailingZeros();
    int exponent = exponent(shortest);
    if (exponent >= -4 && exponent < 16) {
      BigDecimal plain = shortest.scale() < 1 ? shortest.setScale(1) : shortest;
      return sign + plain.toPlainString();
    }
    return sign + scientific(shortest, exponent);
  }

  private static BigDecimal shortest(double value) {
    BigDecimal exact = new BigDecimal(value);
    for (int precision = 15; precision < 17; precision++) {
      BigDecimal best = null;
      for (RoundingMode mode :
          new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.FLOOR, RoundingMode.CEILING}) {
        // Below a power of two numbers lie denser: the nearest text may miss, its neighbour hit.
        BigDecimal candidate = exact.round(new MathContext(precision, mode));
        if (best == null && candidate.doubleValue() == value) {
          best = candidate;
        }
      }
      if (best != null) {
        return precision == 15 ? shorter(exact, best, value) : best;
      }
    }
    return exact.round(new MathContext(17, RoundingMode.HALF_EVEN));
  }

  /** Subnormal numbers have fewer digits than 15 decimal ones. */
  private static BigDecimal shorter(BigDecimal exact, BigDecimal found, double value) {
    if (value >= Double.MIN_NORMAL) {
      return found;
    }
    for (int precision = 1; precision < 15; precision++) {
      for (RoundingMode mode :
          new RoundingMode[] {RoundingMode.HALF_EVEN, RoundingMode.FLOOR, RoundingMode.CEILING}) {
        BigDecimal candidate = exact.round(new MathContext(precision, mode));
        if (candidate.doubleValue() == value) {
          return candidate;
        }
      }
    }
    return found;
  }

  /** Returns 6 significant digits without trailing zeros, as the format {@code g}. */
  public static String general(double value) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return text(value);
    }
    String sign = isNegative(value) ? "-" : "";
    if (value == 0) {
      return sign + "0";
    }
    BigDecimal rounded =
        new BigDecimal(Math.abs(value))
            .round(new MathContext(6, RoundingMode.HALF_EVEN))
            .stripTrailingZeros();
    int exponent = exponent(rounded);
    if (exponent < -4 || exponent >= 6) {
      return sign + scientific(rounded, exponent);
    }
    return sign + rounded.toPlainString();
  }

  /** Returns a fixed number of decimals, as the format {@code .kf}. */
  public static String fixed(double value, int decimals) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return text(value);
    }
    String sign = isNegative(value) ? "-" : "";
    return sign
        + new BigDecimal(Math.abs(value))
            .setScale(decimals, RoundingMode.HALF_EVEN)
            .toPlainString();
  }

  /** Rounds to a number of decimals, as {@code round}. */
  public static double round(double value, int decimals) {
    if (Double.isNaN(value) || Double.isInfinite(value)) {
      return value;
    }
    return Double.parseDouble(fixed(value, decimals));
  }

  /** Parses a text as {@code float(text)} does; empty if Python refuses it. */
  public static OptionalDouble parse(String text) {
    String ascii = asciiDigits(PythonText.strip(text));
    if (FLOAT.matcher(ascii).matches()) {
      return OptionalDouble.of(Double.parseDouble(ascii.replace("_", "")));
    }
    var word = WORD.matcher(ascii);
    if (!word.matches()) {
      return OptionalDouble.empty();
    }
    if (word.group(2).toLowerCase(Locale.ROOT).startsWith("n")) {
      return OptionalDouble.of(Double.NaN);
    }
    return OptionalDouble.of(
        word.group(1).equals("-") ? Double.NEGATIVE_INFINITY : Double.POSITIVE_INFINITY);
  }

  private static String asciiDigits(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            codePoint -> {
              if (codePoint > 127 && PythonText.isDigit(codePoint)) {
                out.append((char) ('0' + Character.digit(codePoint, 10)));
              } else {
                out.appendCodePoint(codePoint);
              }
            });
    return out.toString();
  }

  private static int exponent(BigDecimal value) {
    return value.precision() - value.scale() - 1;
  }

  private static String scientific(BigDecimal stripped, int exponent) {
    String digits = stripped.unscaledValue().toString();
    String mantissa = digits.length() == 1 ? digits : digits.charAt(0) + "." + digits.substring(1);
    return String.format(
        Locale.ROOT, "%se%s%02d", mantissa, exponent < 0 ? "-" : "+", Math.abs(exponent));
  }

  private static boolean isNegative(double value) {
    return Double.doubleToRawLongBits(value) < 0;
  }
}
