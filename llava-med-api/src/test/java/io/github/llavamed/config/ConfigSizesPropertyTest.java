package io.github.llavamed.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AfterProperty;
import net.jqwik.api.lifecycle.BeforeProperty;

/** Properties over sizes; a directory per property, because jqwik knows no {@code @TempDir}. */
class ConfigSizesPropertyTest {
  private Path directory;

  @BeforeProperty
  void create() throws IOException {
    directory = Files.createTempDirectory("config");
  }

  @AfterProperty
  void delete() throws IOException {
    try (var files = Files.walk(directory)) {
      for (Path path : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  @Property(tries = 100, seed = "7")
  void acceptsExactlyTheHeadCountsThatDivide(
      @ForAll @IntRange(min = 1, max = 64) int hidden,
      @ForAll @IntRange(min = 1, max = 16) int heads,
      @ForAll @IntRange(min = 1, max = 16) int keyValueHeads)
      throws IOException {
    ObjectNode config = ConfigFixture.v15().put("hidden_size", hidden);
    config.put("num_attention_heads", heads).put("num_key_value_heads", keyValueHeads);
    Path checkpoint = ConfigFixture.write(directory, config);
    boolean consistent =
        hidden % heads == 0 && heads % keyValueHeads == 0 && hidden / heads % 2 == 0;

    if (consistent) {
      LanguageModelConfig read = LlavaConfigReader.read(checkpoint).languageModel();
      assertThat(read.headDim() * read.numAttentionHeads()).isEqualTo(hidden);
    } else {
      assertThatThrownBy(() -> LlavaConfigReader.read(checkpoint))
          .isInstanceOf(UnsupportedModelException.class);
    }
  }

  @Property(tries = 60, seed = "8")
  void acceptsExactlyTheLayersThatExist(
      @ForAll @IntRange(min = 1, max = 6) int layers,
      @ForAll @IntRange(min = -9, max = 9) int selected)
      throws IOException {
    ObjectNode config = ConfigFixture.hf().put("vision_feature_layer", selected);
    ConfigFixture.with(config, "vision_config.num_hidden_layers", String.valueOf(layers));
    Path checkpoint = ConfigFixture.write(directory, config);

    if (selected >= -(layers + 1) && selected <= layers) {
      assertThat(LlavaConfigReader.read(checkpoint).featureSelection().layer()).isEqualTo(selected);
    } else {
      assertThatThrownBy(() -> LlavaConfigReader.read(checkpoint))
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessageContaining("vision_feature_layer");
    }
  }
}
