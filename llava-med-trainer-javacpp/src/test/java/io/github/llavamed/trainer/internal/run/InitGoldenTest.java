package io.github.llavamed.trainer.internal.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.testing.TensorAssert;
import io.github.llavamed.trainer.internal.torch.LibTorch;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the original's start-up makes of a start: tokens, rows, what is trained. */
@Tag("golden")
class InitGoldenTest {
  /** The mean of some 400 rows, summed in another order. */
  private static final double MEAN = 1e-7;

  @TempDir private Path directory;

  static Stream<TrainingCase> cases() {
    return TrainingCase.all().stream().filter(c -> Files.exists(c.file("init.safetensors")));
  }

  @BeforeAll
  static void loadLibrary() {
    LibTorch.load();
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void preparesTheStartLikeTheOriginal(TrainingCase expected) throws IOException {
    TrainingConfig config = expected.config(directory, null).initialTensors(null).build();
    try (StartModel model = StartModel.load(config);
        Checkpoint initial = expected.open("init.safetensors")) {
      Map<String, float[]> mine = SmallRun.weights(model.params());
      JsonNode tokens = expected.expected().get("tokenizer");
      assertThat(model.tokens().tokenizer().size()).isEqualTo(tokens.get("length").intValue());
      assertThat(model.tokens().padId()).isEqualTo(tokens.get("pad").intValue());
      List<String> trainable = new ArrayList<>();
      expected.expected().get("trainable").forEach(name -> trainable.add(name.asText()));
      assertThat(model.params().trainableNames().stream().map(DiskNames.V1_0::toDisk))
          .containsExactlyElementsOf(trainable);
      for (String name : initial.tensors().keySet()) {
        assertThat(mine.get(name)).as(name).hasSameSizeAs(initial.tensor(name).toFloats());
      }
      checkRows(expected, config, initial, mine, tokens.get("added"));
    }
  }

  private static void checkRows(
      TrainingCase expected,
      TrainingConfig config,
      Checkpoint initial,
      Map<String, float[]> mine,
      JsonNode added)
      throws IOException {
    for (String name : List.of("model.embed_tokens.weight", "lm_head.weight")) {
      int width = Math.toIntExact(initial.tensors().get(name).shape().dim(1));
      float[] theirs = initial.tensor(name).toFloats();
      // The row of the patch token is drawn at random, and goes into the mean of the markers.
      int known = added.get("<im_patch>").intValue() * width;
      TensorAssert.isCloseTo(
          expected + ", " + name,
          Arrays.copyOf(mine.get(name), known),
          Arrays.copyOf(theirs, known),
          MEAN,
          0);
    }
    Path adapter = config.pretrainMmMlpAdapter();
    if (adapter != null) {
      float[] theirs = initial.tensor("model.embed_tokens.weight").toFloats();
      float[] embedding = mine.get("model.embed_tokens.weight");
      int width = theirs.length / Math.toIntExact(rows(initial));
      int markers = added.get("<im_start>").intValue() * width;
      assertThat(Arrays.equals(embedding, markers, theirs.length, theirs, markers, theirs.length))
          .isTrue();
      try (Checkpoint file = Checkpoint.open(adapter)) {
        // The original never loads it.
        assertThat(mine.get("model.mm_projector.weight"))
            .isNotEqualTo(file.tensor("model.mm_projector.weight").toFloats());
      }
    }
  }

  private static long rows(Checkpoint initial) {
    return initial.tensors().get("model.embed_tokens.weight").shape().dim(0);
  }
}
