package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.cli.CliRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BenchCommandTest {
  private static final List<String> STEPS = List.of("1", "2", "4", "8");

  private static final List<String> SHORT =
      List.of("--prompt-tokens", "12", "--new-tokens", "3", "--repeats", "2", "--threads", "1");

  @TempDir Path directory;

  @ParameterizedTest
  @CsvSource({"int8, packed", "int8, mapped", "fp32, mapped"})
  void saysWhereTheWeightsWere(String precision, String weights) throws IOException {
    Outcome outcome =
        bench("--shape", "tiny", "--precision", precision, "--weights", weights, "--json");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(JsonText.object(outcome.out(), "bench").path("weights").asText()).isEqualTo(weights);
  }

  @Test
  void refusesAnUnknownPlaceAndOneThatThePrecisionLacks() throws IOException {
    Outcome unknown = bench("--shape", "tiny", "--weights", "disk");
    Outcome lacking =
        bench("--shape", "tiny", "--precision", "int4", "--weights", "mapped", "--json");

    assertThat(unknown.code()).isEqualTo(2);
    assertThat(unknown.err()).contains("--weights: expected packed or mapped, found 'disk'");
    assertThat(lacking.code()).isEqualTo(1);
    assertThat(lacking.err()).contains("weights 'mapped' are not available in int4");
  }

  @ParameterizedTest
  @ValueSource(strings = {"fp32", "int8", "int4"})
  void measuresARandomModelAndRemovesIt(String precision) throws IOException {
    Outcome outcome = bench("--shape", "tiny", "--precision", precision, "--json");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    JsonNode json = JsonText.object(outcome.out(), "bench");
    assertThat(json.path("model").path("family").asText()).isEqualTo("v1.5");
    assertThat(json.path("model").path("layers").asInt()).isEqualTo(4);
    assertThat(json.path("model").path("random_weights").asBoolean()).isTrue();
    assertThat(json.path("backend").asText()).isEqualTo("onnx-cpu");
    assertThat(json.path("precision").asText()).isEqualTo(precision);
    assertThat(json.path("threads").asInt()).isEqualTo(1);
    assertThat(json.path("image_tokens").asInt()).isEqualTo(4);
    assertThat(json.path("extrapolated").isNull()).isTrue();
    for (String time :
        List.of(
            "encode_image_ms",
            "prefill_ms",
            "prefill_tokens_per_second",
            "decode_ms_per_token",
            "decode_tokens_per_second",
            "time_to_first_token_ms")) {
      isSpread(time, json.path(time));
    }
    JsonNode steps = json.path("step_ms_by_sequences");
    for (String sequences : precision.equals("int4") ? List.<String>of() : STEPS) {
      isSpread(sequences, steps.path(sequences));
    }
    assertThat(steps.size()).isEqualTo(precision.equals("int4") ? 0 : STEPS.size());
    for (String limit :
        List.of(
            "read_bytes_per_second",
            "fp32_operations_per_second",
            "decode_percent_of_read",
            "prefill_percent_of_fp32",
            "int8_operations_per_second",
            "prefill_percent_of_int8")) {
      assertThat(json.path("limits").path(limit).asDouble()).as(limit).isPositive();
    }
    isSpread("micros", json.path("java_per_token").path("micros"));
    isSpread("allocated", json.path("java_per_token").path("allocated_bytes"));
    JsonNode answers = json.path("answers");
    for (String time : List.of("alone_ms", "second_question_ms", "ten_questions_ms")) {
      isSpread(time, answers.path(time));
    }
    int prompt = answers.path("prompt_tokens").asInt();
    assertThat(answers.path("second_question_read_tokens").asInt())
        .isPositive()
        .isLessThan(prompt - 4); // Ids before the image and its four rows stay.
    assertThat(answers.path("second_question_percent").asDouble()).isPositive();
    assertThat(answers.path("ten_questions_speedup").asDouble()).isPositive();
    assertThat(left()).isEmpty();
  }

  @Test
  void extrapolatesFewerLayersAndSaysSo() throws IOException {
    Outcome outcome = bench("--shape", "tiny", "--layers", "2", "--precision", "fp32");

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("tiny with random weights, v1.5, 2 layers")
        .containsPattern("prompt, tokens/s +\\d")
        .containsPattern("time to first token, ms +\\d")
        .containsPattern("8 in step, ms +\\d.* ms a token")
        .containsPattern("one question, ms +\\d")
        .containsPattern("the second question reads \\d+ positions and takes \\d")
        .containsPattern("product of bytes +\\d+ GOP/s")
        .containsPattern("Java per token +\\d+ microseconds outside the runtime, \\d+ KiB")
        .containsPattern("whole answer +\\d+ ms; the second about an image")
        .contains("extrapolated to 4 layers from 2, not measured");
    assertThat(left()).isEmpty();
  }

  @Test
  void countsWeightsByThePrecision() {
    JsonNode fp32 = json("--shape", "tiny", "--layers", "1", "--precision", "fp32");
    JsonNode int4 = json("--shape", "tiny", "--layers", "1", "--precision", "int4");

    // q and o, k and v, gate, up and down, head
    long elements = 2 * 64 * 64 + 2 * 32 * 64 + 3 * 128 * 64 + 480 * 64;
    assertThat(fp32.path("limits").path("weight_bytes_per_token").asLong())
        .isBetween(4 * elements, 5 * elements);
    assertThat(int4.path("limits").path("weight_bytes_per_token").asLong())
        .isBetween(elements / 2, 4 * elements - 1);
  }

  @Test
  void keepsTheCheckpointWhenAskedAndMeasuresItAgain() throws IOException {
    Outcome first = bench("--shape", "tiny", "--layers", "1", "--precision", "fp32", "--keep");
    Path checkpoint = left().get(0).resolve("checkpoint");

    Outcome second =
        CliRunner.run(
            arguments(
                "--model",
                checkpoint.toString(),
                "--precision",
                "fp32",
                "--cache-dir",
                directory.resolve("cache").toString(),
                "--json"));

    assertThat(first.err()).contains("kept: " + checkpoint);
    assertThat(second.code()).as(second.err()).isZero();
    JsonNode json = JsonText.object(second.out(), "bench");
    assertThat(json.path("model").path("source").asText()).isEqualTo(checkpoint.toString());
    assertThat(json.path("model").path("random_weights").asBoolean()).isFalse();
  }

  @Test
  void measuresTheOtherFamily() {
    JsonNode json = json("--shape", "tiny-v1.0", "--layers", "1", "--precision", "int8");

    assertThat(json.path("model").path("family").asText()).isEqualTo("v1.0");
    assertThat(json.path("image_tokens").asInt()).isEqualTo(4);
    assertThat(json.path("extrapolated").path("layers").asInt()).isEqualTo(4);
    assertThat(json.path("extrapolated").path("method").asText()).contains("not measured");
  }

  @Test
  void measuresAPromptTooShortForAnImage() {
    JsonNode json =
        json("--shape", "tiny", "--layers", "1", "--precision", "fp32", "--prompt-tokens", "5");

    assertThat(json.path("image_tokens").asInt()).isZero();
    assertThat(json.path("encode_image_ms").path("median").asDouble()).isPositive();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|found neither",
        "--shape big|--shape: expected one of v1.5-7b, v1.0-7b, tiny, tiny-v1.0, found 'big'",
        "--shape tiny --layers 5|--layers: expected 1 to 4 for tiny, found 5",
        "--shape tiny --layers 0|--layers: expected 1 to 4 for tiny, found 0",
        "--shape tiny --model x|do not go with --shape",
        "--shape tiny --vision-tower stock|do not go with --shape",
        "--model x --layers 2|go with --shape, found --model",
        "--shape tiny --repeats 0|--repeats: expected 1 or more, found 0",
        "--shape tiny --prompt-tokens -1|--prompt-tokens: expected 1 or more, found -1",
        "--shape tiny --new-tokens 0|--new-tokens: expected 1 or more, found 0",
        "--shape tiny --precision int3|--precision: expected one of",
        "--shape tiny --threads 0|--threads: expected 1 or more, found 0"
      })
  void refusesWrongUsage(String options, String message) throws IOException {
    List<String> args = new ArrayList<>(List.of("bench", "--work-dir", directory.toString()));
    if (options.startsWith("--model") || options.isEmpty()) {
      args = new ArrayList<>(List.of("bench"));
    }
    args.addAll(Stream.of(options.split(" ")).filter(part -> !part.isEmpty()).toList());

    Outcome outcome = CliRunner.run(args.toArray(new String[0]));

    assertThat(outcome.code()).isEqualTo(Main.WRONG_USAGE);
    assertThat(outcome.err()).startsWith("error: ").contains(message);
    assertThat(left()).isEmpty();
  }

  @Test
  void refusesMoreTokensThanTheContextAndRemovesTheModel() throws IOException {
    Outcome outcome =
        bench("--shape", "tiny", "--layers", "1", "--precision", "fp32", "--prompt-tokens", "2046");

    assertThat(outcome.code()).isEqualTo(Main.FAILED);
    assertThat(outcome.err()).contains("error: ", "at most 2048 together", "found 2049");
    assertThat(left()).isEmpty();
  }

  @Test
  void removesTheModelWhenTheBackendRefuses() throws IOException {
    Outcome outcome = bench("--shape", "tiny", "--layers", "1", "--precision", "bf16");

    assertThat(outcome.code()).isEqualTo(Main.FAILED);
    assertThat(outcome.err()).contains("error: ", "bf16");
    assertThat(left()).isEmpty();
  }

  @Test
  void helpsWithAnExample() {
    assertThat(CliRunner.run("bench", "--help").out())
        .contains("Usage: llava-med bench", "Example:", "--shape v1.5-7b");
  }

  private static void isSpread(String name, JsonNode spread) {
    double median = spread.path("median").asDouble();
    assertThat(median).as(name).isPositive();
    assertThat(spread.path("min").asDouble()).as(name).isPositive().isLessThanOrEqualTo(median);
    assertThat(spread.path("max").asDouble()).as(name).isGreaterThanOrEqualTo(median);
  }

  private JsonNode json(String... options) {
    List<String> all = new ArrayList<>(List.of(options));
    all.add("--json");
    Outcome outcome = bench(all.toArray(new String[0]));
    assertThat(outcome.code()).as(outcome.err()).isZero();
    return JsonText.object(outcome.out(), "bench");
  }

  private Outcome bench(String... options) {
    List<String> all = new ArrayList<>(List.of(arguments(options)));
    all.addAll(List.of("--work-dir", directory.toString()));
    return CliRunner.run(all.toArray(new String[0]));
  }

  /** Later options win. */
  private static String[] arguments(String... options) {
    List<String> all = new ArrayList<>(List.of("bench"));
    List<String> given = List.of(options);
    for (int i = 0; i < SHORT.size(); i += 2) {
      if (!given.contains(SHORT.get(i))) {
        all.addAll(SHORT.subList(i, i + 2));
      }
    }
    all.addAll(given);
    return all.toArray(new String[0]);
  }

  private List<Path> left() throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries.filter(path -> !path.endsWith("cache")).toList();
    }
  }
}
