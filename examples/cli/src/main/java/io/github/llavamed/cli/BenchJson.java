package io.github.llavamed.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.Diagnosis;
import io.github.llavamed.cli.bench.BenchResult;
import io.github.llavamed.cli.bench.BenchSettings;
import io.github.llavamed.cli.bench.BenchTimes;
import io.github.llavamed.cli.bench.Extrapolation;
import io.github.llavamed.cli.bench.MemoryTurns;
import io.github.llavamed.cli.bench.PhaseTime;
import io.github.llavamed.cli.bench.ReuseTimes;
import io.github.llavamed.cli.bench.Spread;

/** A measurement as a JSON object; times in milliseconds, sizes in bytes. */
final class BenchJson {
  private static final double PER_SECOND = 1e3;

  private BenchJson() {}

  /**
   * Returns the object.
   *
   * @param source name of the shape, or the checkpoint directory
   */
  static ObjectNode of(
      String source, boolean isRandom, BenchSettings settings, BenchResult result, Diagnosis here) {
    ObjectNode json = JsonText.object();
    ObjectNode model = json.putObject("model");
    model.put("source", source);
    model.put("random_weights", isRandom);
    model.put("family", result.family().id());
    model.put("layers", result.layers());
    json.put("backend", result.backend());
    json.put("precision", result.precision().id());
    json.put("weights", result.weights() == null ? null : result.weights().id());
    json.put("threads", result.threads());
    json.put("prompt_tokens", settings.promptTokens());
    json.put("image_tokens", result.imageTokens());
    json.put("new_tokens", settings.newTokens());
    json.put("repeats", settings.repeats());
    times(json, settings, result.times());
    ObjectNode memory = json.putObject("memory");
    result.memory().resident().ifPresent(bytes -> memory.put("peak_resident_bytes", bytes));
    result.memory().anonymous().ifPresent(bytes -> memory.put("anonymous_bytes", bytes));
    memory.put("since_load", result.memory().sinceReset());
    limits(json, result);
    answers(json, result);
    machine(json, result, here);
    Extrapolation full = result.extrapolation();
    if (full == null) {
      json.putNull("extrapolated");
    } else {
      extrapolated(json.putObject("extrapolated"), settings, full);
    }
    return json;
  }

  private static void times(ObjectNode json, BenchSettings settings, BenchTimes times) {
    json.put("prepare_ms", times.prepareMillis());
    json.put("load_ms", times.loadMillis());
    phase(json, "encode_image_ms", times.encodeImage());
    phase(json, "prefill_ms", times.prefill());
    spread(
        json,
        "prefill_tokens_per_second",
        times.prefill().wall().falling(ms -> settings.promptTokens() * PER_SECOND / ms));
    phase(json, "decode_ms_per_token", times.decodePerToken());
    spread(
        json,
        "decode_tokens_per_second",
        times.decodePerToken().wall().falling(ms -> PER_SECOND / ms));
    ObjectNode steps = json.putObject("step_ms_by_sequences");
    times.steps().forEach(step -> spread(steps, "" + step.sequences(), step.time()));
    spread(json, "time_to_first_token_ms", times.firstToken());
  }

  private static void answers(ObjectNode json, BenchResult result) {
    ObjectNode java = json.putObject("java_per_token");
    Spread micros = result.loop().javaMicros();
    if (micros == null) {
      java.putNull("micros");
    } else {
      spread(java, "micros", micros);
    }
    spread(java, "allocated_bytes", result.loop().allocatedBytes());
    ReuseTimes reuse = result.reuse();
    if (reuse == null) {
      json.putNull("answers");
      return;
    }
    ObjectNode answers = json.putObject("answers");
    answers.put("prompt_tokens", reuse.promptTokens());
    answers.put("new_tokens", ReuseTimes.ANSWER_TOKENS);
    spread(answers, "alone_ms", reuse.alone());
    spread(answers, "second_question_ms", reuse.second());
    answers.put("second_question_read_tokens", reuse.newTokens());
    answers.put("second_question_percent", reuse.secondPercent());
    spread(answers, "ten_questions_ms", reuse.together());
    answers.put("ten_questions_speedup", reuse.speedup());
  }

  private static void limits(ObjectNode json, BenchResult result) {
    ObjectNode limits = json.putObject("limits");
    double peak = result.limits().fp32OperationsPerSecond();
    limits.put("read_bytes_per_second", result.limits().readBytesPerSecond());
    limits.put("fp32_operations_per_second", peak);
    MemoryTurns turns = result.turns();
    limits.put("weight_bytes_per_token", turns.bytesPerToken());
    limits.put("decode_bytes_per_second", turns.tokenBytesPerSecond().median());
    limits.put("read_in_turns_bytes_per_second", turns.readBytesPerSecond().median());
    limits.put("decode_percent_of_read", turns.percent().median());
    limits.put("prefill_operations_per_second", result.promptOperationsPerSecond());
    limits.put("prefill_percent_of_fp32", 100 * result.promptOperationsPerSecond() / peak);
    result
        .limits()
        .int8OperationsPerSecond()
        .ifPresent(
            int8 -> {
              limits.put("int8_operations_per_second", int8);
              limits.put(
                  "prefill_percent_of_int8", 100 * result.promptOperationsPerSecond() / int8);
            });
  }

  private static void machine(ObjectNode json, BenchResult result, Diagnosis here) {
    ObjectNode machine = json.putObject("machine");
    machine.put("processor", here.machine().processor());
    machine.put("processors", here.machine().processors());
    machine.put("system", here.machine().operatingSystem());
    machine.put("java", here.java().version());
    result.loadAverage().ifPresent(load -> machine.put("load_average_before", load));
    Double others = result.otherShare();
    if (others == null) {
      machine.putNull("other_programs_percent");
    } else {
      machine.put("other_programs_percent", 100 * others);
    }
  }

  private static void extrapolated(ObjectNode json, BenchSettings settings, Extrapolation full) {
    json.put("layers", full.layers());
    json.put(
        "method", "computed, not measured: decoder layers in proportion, head and image fixed");
    json.put("prefill_ms", full.prefillMillis());
    json.put(
        "prefill_tokens_per_second", settings.promptTokens() * PER_SECOND / full.prefillMillis());
    json.put("decode_ms_per_token", full.decodeMillis());
    json.put("decode_tokens_per_second", PER_SECOND / full.decodeMillis());
    json.put("time_to_first_token_ms", full.firstTokenMillis());
    Extrapolation.Answers answers = full.answers();
    if (answers != null) {
      json.put("answer_ms", answers.alone());
      json.put("second_question_ms", answers.second());
      json.put("second_question_percent", answers.secondPercent());
      json.put("ten_questions_ms", answers.together());
      json.put("ten_questions_speedup", answers.speedup());
    }
  }

  private static void phase(ObjectNode json, String name, PhaseTime time) {
    ObjectNode node = spread(json, name, time.wall());
    node.put("cpu_median", time.cpu().median());
  }

  private static ObjectNode spread(ObjectNode json, String name, Spread spread) {
    ObjectNode node = json.putObject(name);
    node.put("median", spread.median());
    node.put("min", spread.min());
    node.put("max", spread.max());
    return node;
  }
}
