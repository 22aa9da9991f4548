package io.github.llavamed.cli;

import io.github.llavamed.Diagnosis;
import io.github.llavamed.cli.bench.BenchResult;
import io.github.llavamed.cli.bench.BenchSettings;
import io.github.llavamed.cli.bench.BenchTimes;
import io.github.llavamed.cli.bench.Extrapolation;
import io.github.llavamed.cli.bench.PhaseTime;
import io.github.llavamed.cli.bench.ReuseTimes;
import io.github.llavamed.cli.bench.Spread;
import io.github.llavamed.cli.bench.StepTime;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/** A measurement as a table for people. */
final class BenchText {
  private static final double GIGA = 1e9;
  private static final double PER_SECOND = 1e3;
  private static final double KIBI = 1024;

  private final StringBuilder text = new StringBuilder();

  private BenchText() {}

  /**
   * Returns the table.
   *
   * @param source what was measured, in a few words
   */
  static String of(String source, BenchSettings settings, BenchResult result, Diagnosis here) {
    BenchText table = new BenchText();
    table.heading(source, settings, result, here);
    table.times(settings, result.times());
    table.answers(result.reuse());
    table.limits(result);
    Extrapolation full = result.extrapolation();
    if (full != null) {
      table.extrapolated(settings, full, result.layers());
    }
    return table.text.toString();
  }

  private void heading(String source, BenchSettings settings, BenchResult result, Diagnosis here) {
    line("model", source + ", " + result.family().id() + ", " + result.layers() + " layers");
    line(
        "backend",
        "%s, %s%s, %d threads"
            .formatted(
                result.backend(),
                result.precision().id(),
                result.weights() == null ? "" : ", weights " + result.weights().id(),
                result.threads()));
    line(
        "prompt",
        "%d tokens, %d of them an image, then %d new ones; %d repeats after a warm-up"
            .formatted(
                settings.promptTokens(),
                result.imageTokens(),
                settings.newTokens(),
                settings.repeats()));
    line(
        "machine",
        "%s, %d processors, Java %s"
            .formatted(
                here.machine().processor(), here.machine().processors(), here.java().version()));
    Double others = result.otherShare();
    String share =
        others == null
            ? "unknown"
            : format("%.0f %% of all processors while it was measured", 100 * others);
    OptionalDouble load = result.loadAverage();
    line(
        "other programs",
        share + (load.isEmpty() ? "" : format("; load average before %.1f", load.getAsDouble())));
    text.append('\n');
  }

  private void times(BenchSettings settings, BenchTimes times) {
    text.append(format("%-26s %10s %10s %10s %10s%n", "", "median", "min", "max", "cpu median"));
    phase("image encoding, ms", times.encodeImage());
    phase("prompt, ms", times.prefill());
    row(
        "prompt, tokens/s",
        times.prefill().wall().falling(ms -> settings.promptTokens() * PER_SECOND / ms),
        "");
    phase("new token, ms", times.decodePerToken());
    row("new tokens/s", times.decodePerToken().wall().falling(ms -> PER_SECOND / ms), "");
    for (StepTime step : times.steps()) {
      row(
          "%d in step, ms".formatted(step.sequences()),
          step.time(),
          format(" %.1f ms a token", step.perToken()));
    }
    row("time to first token, ms", times.firstToken(), "");
    text.append(
        format(
            "%-26s %10.0f   (first load, making files if need be: %.0f)%n%n",
            "load, ms", times.loadMillis(), times.prepareMillis()));
  }

  private void answers(@Nullable ReuseTimes reuse) {
    if (reuse == null) {
      line("whole answers", "not measured: questions about an image do not fit the context");
      return;
    }
    text.append(
        format(
            "whole answers: image, prompt of %d and %d tokens%n",
            reuse.promptTokens(), ReuseTimes.ANSWER_TOKENS));
    row("one question, ms", reuse.alone(), "");
    row("second, same image, ms", reuse.second(), "");
    row("ten, same image, ms", reuse.together(), "");
    line(
        "reuse",
        format(
            "the second question reads %d positions and takes %.1f %% of one alone; ten run %.1f"
                + " times as fast as one by one",
            reuse.newTokens(), reuse.secondPercent(), reuse.speedup()));
    text.append('\n');
  }

  private void limits(BenchResult result) {
    line(
        "peak memory",
        mebibytes(result.memory().resident())
            + (result.memory().sinceReset() ? " since the load" : " since the start")
            + ", of which private at the end "
            + mebibytes(result.memory().anonymous()));
    double peak = result.limits().fp32OperationsPerSecond();
    line(
        "weights read",
        format(
            "%.1f GB/s by new tokens, %.0f %% of the %.1f GB/s that Java reads right before and"
                + " after with %d threads (%.0f to %.0f %%)",
            result.turns().tokenBytesPerSecond().median() / GIGA,
            result.turns().percent().median(),
            result.turns().readBytesPerSecond().median() / GIGA,
            result.limits().threads(),
            result.turns().percent().min(),
            result.turns().percent().max()));
    line(
        "memory",
        format("%.1f GB/s at best when all was over", result.limits().readBytesPerSecond() / GIGA));
    line(
        "prompt arithmetic",
        format(
            "%.0f GOP/s, %.0f %% of the %.0f GFLOP/s of fp32 multiply-adds in Java",
            result.promptOperationsPerSecond() / GIGA,
            100 * result.promptOperationsPerSecond() / peak,
            peak / GIGA));
    OptionalDouble int8 = result.limits().int8OperationsPerSecond();
    line(
        "product of bytes",
        int8.isEmpty()
            ? "not measured: ONNX Runtime does not run here"
            : format(
                "%.0f GOP/s alone in ONNX Runtime; the prompt reaches %.0f %% of it",
                int8.getAsDouble() / GIGA,
                100 * result.promptOperationsPerSecond() / int8.getAsDouble()));
    Spread java = result.loop().javaMicros();
    line(
        "Java per token",
        (java == null ? "time unknown" : format("%.0f microseconds", java.median()))
            + format(
                " outside the runtime, %.0f KiB allocated",
                result.loop().allocatedBytes().median() / KIBI));
  }

  private void extrapolated(BenchSettings settings, Extrapolation full, int measured) {
    text.append(
        format(
            "%nextrapolated to %d layers from %d, not measured (layers in proportion, head and"
                + " image fixed)%n",
            full.layers(), measured));
    line(
        "prompt",
        format(
            "%.0f ms, %.1f tokens/s",
            full.prefillMillis(), settings.promptTokens() * PER_SECOND / full.prefillMillis()));
    line(
        "new token",
        format("%.1f ms, %.2f tokens/s", full.decodeMillis(), PER_SECOND / full.decodeMillis()));
    line("first token after", format("%.0f ms", full.firstTokenMillis()));
    Extrapolation.Answers answers = full.answers();
    if (answers != null) {
      line(
          "whole answer",
          format(
              "%.0f ms; the second about an image %.0f ms, %.1f %%; ten about one %.0f ms, %.1f"
                  + " times as fast",
              answers.alone(),
              answers.second(),
              answers.secondPercent(),
              answers.together(),
              answers.speedup()));
    }
  }

  private void phase(String name, PhaseTime time) {
    row(name, time.wall(), format("%10.1f", time.cpu().median()));
  }

  private void row(String name, Spread spread, String last) {
    String row =
        format(
            "%-26s %10.1f %10.1f %10.1f %s",
            name, spread.median(), spread.min(), spread.max(), last);
    text.append(row.stripTrailing()).append('\n');
  }

  private void line(String name, String value) {
    text.append(format("%-18s %s%n", name, value));
  }

  private static String mebibytes(OptionalLong bytes) {
    return bytes.isEmpty() ? "unknown" : (bytes.getAsLong() >> 20) + " MiB";
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}
