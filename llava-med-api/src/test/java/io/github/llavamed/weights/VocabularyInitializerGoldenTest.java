package io.github.llavamed.weights;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.github.llavamed.testing.GoldenFolder;
import io.github.llavamed.testing.TensorAssert;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds every recorded call of the originals' {@code initialize_vision_tokenizer} against ours. */
@Tag("golden")
class VocabularyInitializerGoldenTest {
  /** Tolerance of the golden README: the originals take means in float32. */
  private static final double TOLERANCE = 1e-6;

  /** One recorded call. */
  record Case(Path folder, JsonNode node) {
    @Override
    public String toString() {
      return folder.getFileName() + ":" + node.path("name").textValue();
    }

    boolean isError() {
      return !node.path("original_error").isNull();
    }

    FloatMatrix matrix(String key) {
      JsonNode shape = node.path(key).path("shape");
      float[] values = GoldenFolder.floats(folder.resolve(node.path(key).path("file").textValue()));
      return FloatMatrix.of(shape.get(0).intValue(), shape.get(1).intValue(), values);
    }

    VocabularyOptions options() {
      return new VocabularyOptions(
          node.path("pad_added_first").asBoolean(false),
          node.path("mm_use_im_patch_token").asBoolean(true),
          node.path("mm_use_im_start_end").asBoolean(),
          node.has("adapter_embed_tokens") ? matrix("adapter_embed_tokens") : null);
    }

    /** The stand-in tokenizer gives the last ids of its vocabulary to the tokens it knows. */
    Map<String, Integer> knownTokens() {
      JsonNode known = node.path("already_known");
      Map<String, Integer> ids = new HashMap<>();
      for (int i = 0; i < known.size(); i++) {
        ids.put(known.get(i).textValue(), node.path("vocabulary").intValue() - known.size() + i);
      }
      return ids;
    }

    VocabularyInitialization run(NewRows rows) {
      return new VocabularyInitializer(options(), rows)
          .initialize(
              matrix("embedding_before"),
              matrix("lm_head_before"),
              node.path("vocabulary").intValue(),
              knownTokens());
    }
  }

  static Stream<Case> all() {
    Path golden = GoldenFolder.of("model");
    List<Case> cases = new ArrayList<>();
    for (JsonNode entry : GoldenFolder.json(golden.resolve("manifest.json")).path("cases")) {
      if (entry.path("family").textValue().equals("initialisation")) {
        Path folder = golden.resolve(entry.path("dir").textValue());
        JsonNode expected = GoldenFolder.json(folder.resolve(entry.path("expected").textValue()));
        expected.path("cases").forEach(node -> cases.add(new Case(folder, node)));
      }
    }
    return cases.stream();
  }

  static Stream<Case> accepted() {
    return all().filter(golden -> !golden.isError());
  }

  static Stream<Case> refused() {
    return all().filter(Case::isError);
  }

  @Test
  void findsCases() {
    assertThat(accepted()).isNotEmpty();
    assertThat(refused()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("accepted")
  void givesTheOriginalsRows(Case golden) {
    FloatMatrix embedding = golden.matrix("embedding_after");
    FloatMatrix lmHead = golden.matrix("lm_head_after");
    // The original's own draws, so that the means over them can be compared too.
    NewRows drawnByTheOriginal =
        (matrix, row, columns) ->
            row < embedding.rows()
                ? (matrix == NewRows.Matrix.EMBEDDING ? embedding : lmHead).row(row)
                : new float[columns];

    VocabularyInitialization made = golden.run(drawnByTheOriginal);

    assertThat(made.embedding().rows()).isEqualTo(golden.node().path("rows_after").intValue());
    assertThat(made.drawnRows()).containsExactlyElementsOf(ints(golden.node().path("random_rows")));
    Map<String, Integer> ids = new HashMap<>();
    golden
        .node()
        .path("token_ids")
        .properties()
        .forEach(entry -> ids.put(entry.getKey(), entry.getValue().intValue()));
    assertThat(made.tokenIds()).isEqualTo(ids);
    TensorAssert.isCloseTo(
        "embedding", made.embedding().values(), embedding.values(), TOLERANCE, 0);
    TensorAssert.isCloseTo("lm_head", made.lmHead().values(), lmHead.values(), TOLERANCE, 0);
    assertThat(made.resized())
        .isEqualTo(embedding.rows() != golden.node().path("rows_before").intValue());
  }

  @ParameterizedTest
  @MethodSource("refused")
  void refusesWithTheOriginalsWords(Case golden) {
    String message = golden.node().path("original_error").path("message").textValue();

    assertThatThrownBy(() -> golden.run(NewRows.normal(NewRows.INITIALIZER_RANGE, 1)))
        .isInstanceOf(IncompatibleWeightsException.class)
        .hasMessageContaining(message)
        .hasMessageMatching("(?s).*\\d.*");
  }

  private static List<Integer> ints(JsonNode array) {
    List<Integer> values = new ArrayList<>();
    array.forEach(value -> values.add(value.intValue()));
    return values;
  }
}
