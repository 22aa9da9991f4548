package io.github.llavamed.weights;

import static io.github.llavamed.weights.TinyModels.INV_FREQ;
import static io.github.llavamed.weights.TinyModels.Q_PROJ;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.checkpoint.Checkpoint;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.config.UnsupportedModelException;
import io.github.llavamed.testing.GoldenFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsolidationTest {
  @TempDir private Path temp;

  @Test
  void leavesTrainerFilesBehind() throws IOException {
    Path source = TinyModels.llava(1, 10, 8).storedAs(DType.F32).write(temp.resolve("src"));
    for (String name : new String[] {"optimizer.pt", "training_args.bin", "trainer_state.json"}) {
      Files.writeString(source.resolve(name), "x");
    }

    Consolidation.consolidate(source, temp.resolve("dst"), WeightsOptions.defaults());

    assertThat(temp.resolve("dst").toFile().list())
        .containsExactlyInAnyOrder(
            "config.json", "model.safetensors", "tokenizer.model", "tokenizer_config.json");
    try (Checkpoint found = Checkpoint.open(temp.resolve("dst"))) {
      assertThat(found.tensors().values()).allMatch(info -> info.dtype() == DType.F16);
    }
    assertThat(GoldenFolder.json(temp.resolve("dst/config.json")).get("torch_dtype").asText())
        .isEqualTo("float16");
  }

  @Test
  void keepsTheConfigurationOfOtherFamilies() throws IOException {
    TinyModels mistral = TinyModels.llava(1, 10, 8);
    mistral.config().put("model_type", "llava_mistral").put("_name_or_path", "/somewhere");
    mistral.config().putArray("architectures").add("LlavaMistralForCausalLM");
    Path source = mistral.write(temp.resolve("src"));

    Consolidation.consolidate(source, temp.resolve("dst"), WeightsOptions.defaults());

    var config = GoldenFolder.json(temp.resolve("dst/config.json"));
    assertThat(config.get("model_type").asText()).isEqualTo("llava_mistral");
    assertThat(config.get("architectures").get(0).asText()).isEqualTo("LlavaMistralForCausalLM");
    assertThat(config.has("_name_or_path")).isFalse();
  }

  @Test
  void recomputesRotaryFrequencies() throws IOException {
    TinyModels model = TinyModels.llava(1, 10, 8).with(INV_FREQ, Shape.of(2), new float[] {3, 4});
    model.config().put("rope_theta", 10_000.0);
    Path source = model.write(temp.resolve("src"));

    Consolidation.consolidate(source, temp.resolve("dst"), WeightsOptions.defaults());

    try (Checkpoint found = Checkpoint.open(temp.resolve("dst"))) {
      assertThat(found.tensor(INV_FREQ).toFloats()).containsExactly(1, 0.01f);
    }
  }

  @Test
  void refusesAnIncompleteModelAndAnOldConfiguration() throws IOException {
    Path incomplete = TinyModels.llava(1, 10, 8).without(Q_PROJ).write(temp.resolve("incomplete"));
    TinyModels old = TinyModels.llava(1, 10, 8);
    old.config().put("model_type", "llama");
    Path legacy = old.write(temp.resolve("legacy"));

    assertThatThrownBy(() -> run(incomplete, WeightsOptions.defaults()))
        .isInstanceOf(MissingTensorsException.class)
        .hasMessageContaining(Q_PROJ);
    assertThatThrownBy(() -> run(legacy, WeightsOptions.defaults()))
        .isInstanceOf(UnsupportedModelException.class);
    assertThat(temp.resolve("dst")).doesNotExist();

    run(legacy, WeightsOptions.builder().upgradeConfig(true).build());
    assertThat(GoldenFolder.json(temp.resolve("dst/config.json")).get("model_type").asText())
        .isEqualTo("llava");
  }

  private void run(Path source, WeightsOptions options) throws IOException {
    Consolidation.consolidate(source, temp.resolve("dst"), options);
  }
}
