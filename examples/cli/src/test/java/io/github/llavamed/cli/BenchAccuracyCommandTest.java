package io.github.llavamed.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.github.llavamed.cli.CliRunner.Outcome;
import io.github.llavamed.cli.bench.GgufWriter;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BenchAccuracyCommandTest {
  private static final int WIDTH = 64;
  private static final int INNER = 96;
  private static final int Q8_0 = 8;

  @TempDir Path directory;

  @Test
  void comparesEveryWayOfRoundingAndRemovesWhatItMade() throws IOException {
    Path work = Files.createDirectories(directory.resolve("work"));

    Outcome outcome = run("--gguf", decoder().toString(), "--work-dir", work.toString());

    assertThat(outcome.code()).as(outcome.err()).isZero();
    assertThat(outcome.out()).containsPattern("\\d+ predicted tokens, perplexity in float32 \\d");
    assertThat(divergence(outcome, "int8, 32/128 channels")).isLessThan(0.01);
    assertThat(divergence(outcome, "int8, 32/128 channels"))
        .isLessThan(divergence(outcome, "int4 in blocks of 128, no channels"));
    assertThat(outcome.out().lines().filter(line -> line.startsWith("int4 "))).hasSize(8);
    assertThat(divergence(outcome, "int8 in blocks of 128, 32/128 channels"))
        .isLessThan(divergence(outcome, "int4 in blocks of 128, 32/128 channels"));
    try (Stream<Path> left = Files.list(work)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void refusesFilesOfOtherKinds() throws IOException {
    Path other = Files.writeString(directory.resolve("x.gguf"), "no weights, but some text");

    Outcome outcome = run("--gguf", other.toString(), "--work-dir", directory.toString());

    assertThat(outcome.code()).isEqualTo(Main.FAILED);
    assertThat(outcome.err()).contains("error: ", "expected a GGUF file");
  }

  @Test
  void refusesWrongUsage() {
    assertThat(run().code()).isEqualTo(Main.WRONG_USAGE);
    assertThat(run("--gguf", "x", "--threads", "0").err()).contains("--threads: expected 1");
  }

  private static double divergence(Outcome outcome, String scheme) {
    String row =
        outcome.out().lines().filter(line -> line.startsWith(scheme)).findFirst().orElseThrow();
    String[] cells = row.split("\\s{2,}");
    return Double.parseDouble(cells[1]);
  }

  private static Outcome run(String... options) {
    List<String> all = new ArrayList<>(List.of("bench-accuracy"));
    all.addAll(List.of(options));
    return CliRunner.run(all.toArray(new String[0]));
  }

  /** Writes a random decoder of two layers that knows single characters. */
  private Path decoder() throws IOException {
    List<String> pieces = new ArrayList<>(List.of("<a>", "<b>", "<c>", "\u0120", "\u010a"));
    List<Integer> types = new ArrayList<>(List.of(3, 3, 3, 1, 1));
    for (char c = '!'; c <= '~'; c++) {
      pieces.add(String.valueOf(c));
      types.add(1);
    }
    GgufWriter writer =
        new GgufWriter()
            .number("llama.embedding_length", WIDTH)
            .number("llama.block_count", 2)
            .number("llama.attention.head_count", 4)
            .number("llama.attention.head_count_kv", 2)
            .number("llama.feed_forward_length", INNER)
            .number("llama.context_length", 512)
            .fraction("llama.rope.freq_base", 1e4f)
            .fraction("llama.attention.layer_norm_rms_epsilon", 1e-5f)
            .texts("tokenizer.ggml.tokens", pieces)
            .numbers("tokenizer.ggml.token_type", types);
    random(writer, "token_embd", pieces.size(), WIDTH);
    for (int n = 0; n < 2; n++) {
      String layer = "blk." + n + ".";
      ones(writer, layer + "attn_norm");
      random(writer, layer + "attn_q", WIDTH, WIDTH);
      random(writer, layer + "attn_k", WIDTH / 2, WIDTH);
      random(writer, layer + "attn_v", WIDTH / 2, WIDTH);
      random(writer, layer + "attn_output", WIDTH, WIDTH);
      ones(writer, layer + "ffn_norm");
      random(writer, layer + "ffn_gate", INNER, WIDTH);
      random(writer, layer + "ffn_up", INNER, WIDTH);
      random(writer, layer + "ffn_down", WIDTH, INNER);
    }
    ones(writer, "output_norm");
    return writer.write(directory.resolve("decoder.gguf"));
  }

  private static void ones(GgufWriter writer, String name) {
    float[] values = new float[WIDTH];
    Arrays.fill(values, 1);
    writer.tensor(name + ".weight", 0, GgufWriter.floats(values), WIDTH);
  }

  private static void random(GgufWriter writer, String name, int rows, int columns) {
    Random random = new Random(name.hashCode());
    int blocks = rows * columns / 32;
    ByteBuffer data = ByteBuffer.allocate(blocks * 34).order(ByteOrder.LITTLE_ENDIAN);
    for (int block = 0; block < blocks; block++) {
      data.putShort((short) 0x1800); // 2^-9
      for (int i = 0; i < 32; i++) {
        data.put((byte) Math.round(Math.max(-127, Math.min(127, 50 * random.nextGaussian()))));
      }
    }
    writer.tensor(name + ".weight", Q8_0, data.array(), rows, columns);
  }
}
