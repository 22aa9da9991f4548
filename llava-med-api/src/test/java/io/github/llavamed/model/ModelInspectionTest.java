package io.github.llavamed.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.config.ConfigFixture;
import io.github.llavamed.config.ModelFamily;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelInspectionTest {
  @TempDir Path root;

  private static ModelInspection inspect(Path directory) throws IOException {
    return ModelInspection.of(directory, LoadOptions.defaults());
  }

  @Test
  void reportsMissingAndUnusedTensorsAndTheMissingTokenizer() throws IOException {
    Path directory =
        new TinyCheckpoint(root, ConfigFixture.v15())
            .without("model.norm.weight")
            .with("model.extra", 3)
            .write();
    Files.writeString(directory.resolve("added_tokens.json"), "{\"<b>\": 31, \"<a>\": 30}");

    ModelInspection seen = inspect(directory);

    assertThat(seen.family()).isEqualTo(ModelFamily.LLAVA_V1_5);
    assertThat(seen.missing()).containsExactly("model.norm.weight");
    assertThat(seen.unused()).containsExactly("model.extra");
    assertThat(seen.isLoadable()).isFalse();
    assertThat(seen.tokenizerLength()).isNull();
    assertThat(seen.problems()).isNotEmpty();
    assertThat(seen.addedTokens().keySet()).containsExactly("<a>", "<b>");
    assertThat(seen.tensors()).extracting("name").contains("model.extra", "lm_head.weight");
    assertThat(seen.towerTensors()).isNotEmpty();
    long bytes =
        seen.tensors().stream().mapToLong(info -> info.byteSize()).sum()
            + seen.towerTensors().stream().mapToLong(info -> info.byteSize()).sum();
    assertThat(seen.totalBytes()).isEqualTo(bytes).isPositive();
  }

  @Test
  void keepsGoingWithoutWeights() throws IOException {
    Path directory = ConfigFixture.write(root, ConfigFixture.v10());

    ModelInspection seen = inspect(directory);

    assertThat(seen.config()).isNotNull();
    assertThat(seen.tensors()).isEmpty();
    assertThat(seen.report()).isNull();
    assertThat(seen.problems()).anySatisfy(problem -> assertThat(problem).contains("safetensors"));
  }

  @Test
  void keepsGoingWithoutASupportedConfiguration() throws IOException {
    Path directory = new TinyCheckpoint(root, ConfigFixture.v15()).write();
    ConfigFixture.writeJson(
        directory.resolve("config.json"), ConfigFixture.v15().put("hidden_act", "tanh"));

    ModelInspection seen = inspect(directory);

    assertThat(seen.family()).isEqualTo(ModelFamily.LLAVA_V1_5);
    assertThat(seen.config()).isNull();
    assertThat(seen.tensors()).isNotEmpty();
    assertThat(seen.problems()).singleElement().asString().contains("hidden_act");
  }

  @Test
  void keepsGoingInAnEmptyDirectory() throws IOException {
    ModelInspection seen = inspect(root);

    assertThat(seen.family()).isNull();
    assertThat(seen.problems()).anySatisfy(problem -> assertThat(problem).contains("config.json"));
    assertThat(seen.totalBytes()).isZero();
  }

  @Test
  void refusesWhatIsNoDirectory() {
    assertThatThrownBy(() -> inspect(root.resolve("nothing")))
        .isInstanceOf(NotDirectoryException.class)
        .hasMessageContaining("nothing");
  }
}
