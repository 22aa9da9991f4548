package io.github.llavamed.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Reads the configuration of every golden checkpoint and holds it against the raw file. */
@Tag("golden")
class ConfigGoldenTest {
  /** Patterns of recorded descriptions of wrong configurations, with the key that they change. */
  private static final Map<Pattern, String> WRONG_VALUES =
      Map.of(
          Pattern.compile("projector type (\\S+)"), "mm_projector_type",
          Pattern.compile("mm_vision_select_feature = (\\S+)"), "mm_vision_select_feature",
          Pattern.compile("select layer out of range \\((-?\\d+)\\)"), "mm_vision_select_layer");

  @TempDir Path root;

  /** A checkpoint directory of a case, with the family that the manifest names. */
  record Case(Path folder, Path checkpoint, String family) {
    @Override
    public String toString() {
      return folder.getFileName() + "/" + checkpoint.getFileName();
    }
  }

  static Stream<Case> cases() {
    Path golden = GoldenFolder.of("model");
    List<Case> cases = new ArrayList<>();
    for (JsonNode node : GoldenFolder.json(golden.resolve("manifest.json")).path("cases")) {
      Path folder = golden.resolve(node.path("dir").textValue());
      for (String name : List.of("checkpoint", "checkpoint-v5")) {
        if (Files.isRegularFile(folder.resolve(name).resolve("config.json"))) {
          cases.add(new Case(folder, folder.resolve(name), node.path("family").textValue()));
        }
      }
    }
    return cases.stream();
  }

  @Test
  void findsCases() {
    assertThat(cases()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsEveryValueOfTheFile(Case golden) throws IOException {
    JsonNode raw = GoldenFolder.json(golden.checkpoint().resolve("config.json"));
    ConfigReport report = LlavaConfigReader.read(golden.checkpoint(), ConfigOptions.defaults());
    LlavaConfig config = report.config();

    assertThat(golden.family()).startsWithIgnoringCase(config.family().id());
    assertThat(report.unknownKeys()).isEmpty();
    assertThat(report.notes()).isEmpty();
    JsonNode text = raw.has("text_config") ? raw.path("text_config") : raw;
    LanguageModelConfig decoder = config.languageModel();
    assertThat(decoder.hiddenSize()).isEqualTo(text.path("hidden_size").intValue());
    assertThat(decoder.intermediateSize()).isEqualTo(text.path("intermediate_size").intValue());
    assertThat(decoder.numHiddenLayers()).isEqualTo(text.path("num_hidden_layers").intValue());
    assertThat(decoder.vocabSize()).isEqualTo(text.path("vocab_size").intValue());
    int heads = text.path("num_attention_heads").intValue();
    assertThat(decoder.numAttentionHeads()).isEqualTo(heads);
    assertThat(decoder.numKeyValueHeads()).isEqualTo(text.path("num_key_value_heads").asInt(heads));
    assertThat(decoder.rmsNormEps()).isEqualTo((float) text.path("rms_norm_eps").doubleValue());
    JsonNode theta = text.has("rope_parameters") ? text.path("rope_parameters") : text;
    assertThat(decoder.ropeTheta()).isEqualTo(theta.path("rope_theta").asDouble(10000));
    assertThat(decoder.slidingWindow() == null ? 0 : decoder.slidingWindow())
        .isEqualTo(text.path("sliding_window").asInt(0));
    assertThat(config.torchDtype())
        .isEqualTo(raw.path(raw.has("dtype") ? "dtype" : "torch_dtype").textValue());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void agreesWithTheExpectedSizes(Case golden) throws IOException {
    JsonNode expected = GoldenFolder.json(golden.folder().resolve("expected.json"));
    LlavaConfig config = LlavaConfigReader.read(golden.checkpoint());

    if (expected.has("image_token_len")) {
      assertThat(config.imageFeatureCount()).isEqualTo(expected.path("image_token_len").intValue());
    }
    if (expected.has("context_len")) {
      assertThat(config.contextLength()).isEqualTo(expected.path("context_len").intValue());
    }
    if (expected.has("image_token_index")) {
      assertThat(config.imageTokenId()).isEqualTo(expected.path("image_token_index").intValue());
    }
    if (expected.has("mode")) {
      assertThat(config.mmUseImStartEnd())
          .isEqualTo(expected.path("mode").textValue().startsWith("B"));
    }
    int features = 0;
    for (JsonNode prompt : expected.path("prompts")) {
      JsonNode shape = prompt.path("vision_features").path("shape");
      if (shape.size() >= 2) {
        assertThat(config.imageFeatureCount()).isEqualTo(shape.get(shape.size() - 2).intValue());
        assertThat(config.visionTower().hiddenSize())
            .isEqualTo(shape.get(shape.size() - 1).intValue());
        features++;
      }
    }
    assertThat(features).as("prompts with recorded vision features").isPositive();
  }

  static Stream<Arguments> wrongValues() {
    List<Arguments> wrong = new ArrayList<>();
    for (Case golden : cases().toList()) {
      Path file = golden.folder().resolve("negative.json");
      if (!Files.isRegularFile(file)) {
        continue;
      }
      for (JsonNode entry : GoldenFolder.json(file).path("cases")) {
        WRONG_VALUES.forEach(
            (pattern, key) -> {
              Matcher matcher = pattern.matcher(entry.path("what").asText());
              if (matcher.matches()) {
                wrong.add(
                    Arguments.of(golden, key, matcher.group(1), entry.path("original_error")));
              }
            });
      }
    }
    return wrong.stream();
  }

  @ParameterizedTest
  @MethodSource("wrongValues")
  void refusesWhatTheOriginalRefuses(Case golden, String key, String value, JsonNode error)
      throws IOException {
    ObjectNode config = (ObjectNode) GoldenFolder.json(golden.checkpoint().resolve("config.json"));
    if (value.matches("-?\\d+")) {
      config.put(key, Integer.parseInt(value));
    } else {
      config.put(key, value);
    }
    Path tower =
        LlavaConfigReader.read(golden.checkpoint(), ConfigOptions.defaults()).tower().directory();
    ConfigFixture.writeJson(root.resolve("config.json"), config);
    ConfigOptions options = ConfigOptions.defaults().withVisionTowerDirectory(tower);

    if (error.isNull()) {
      assertThat(LlavaConfigReader.read(root, options).config()).isNotNull();
      return;
    }
    // Index errors of the original say nothing that would help; its other words are kept.
    String words =
        error.path("type").asText().equals("IndexError") ? key : error.path("message").asText();
    assertThatThrownBy(() -> LlavaConfigReader.read(root, options))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(key)
        .hasMessageContaining(words);
  }
}
