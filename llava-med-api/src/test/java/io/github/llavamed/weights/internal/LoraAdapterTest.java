package io.github.llavamed.weights.internal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.github.llavamed.checkpoint.CheckpointLimits;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.weights.IncompatibleWeightsException;
import io.github.llavamed.weights.WeightsFormat;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LoraAdapterTest {
  private static final String CONFIG =
      """
      {"peft_type": "LORA", "r": 4, "lora_alpha": 8, "bias": "%s",
       "target_modules": ["q_proj"], "modules_to_save": ["mm_projector"]}
      """;

  @TempDir private Path temp;

  @Test
  void readsTorchFilesAndNamesFromBeforeSaving() throws IOException {
    write(
        "none",
        "model.layers.0.self_attn.q_proj.lora_A.default.weight",
        "model.layers.0.self_attn.q_proj.lora_B.default.weight",
        "model.mm_projector.modules_to_save.default.bias");

    try (LoraAdapter adapter = LoraAdapter.open(temp, CheckpointLimits.defaults())) {
      assertThat(adapter.pairs()).containsOnlyKeys("model.layers.0.self_attn.q_proj");
      assertThat(adapter.replacements()).containsOnlyKeys("model.mm_projector.bias");
      assertThat(adapter.config().scaleOf("model.layers.0.self_attn.q_proj")).isEqualTo(2);
    }
  }

  @Test
  void takesBiasesOnlyIfTheyWereTrained() throws IOException {
    write("all", "model.norm.bias");
    try (LoraAdapter adapter = LoraAdapter.open(temp, CheckpointLimits.defaults())) {
      assertThat(adapter.replacements()).containsOnlyKeys("model.norm.bias");
    }

    write("none", "model.norm.bias");
    assertThatThrownBy(() -> LoraAdapter.open(temp, CheckpointLimits.defaults()))
        .isInstanceOf(IncompatibleWeightsException.class)
        .hasMessageContaining("model.norm.bias");
  }

  @Test
  void refusesTwoNamesForOneMatrix() throws IOException {
    write("none", "q_proj.lora_A.default.weight", "q_proj.lora_A.weight", "q_proj.lora_B.weight");

    assertThatThrownBy(() -> LoraAdapter.open(temp, CheckpointLimits.defaults()))
        .isInstanceOf(IncompatibleWeightsException.class)
        .hasMessageContaining("another");
  }

  @Test
  void asksForTheWeightsOfTheAdapter() throws IOException {
    Files.writeString(temp.resolve("adapter_config.json"), CONFIG.formatted("none"));

    assertThatThrownBy(() -> LoraAdapter.open(temp, CheckpointLimits.defaults()))
        .isInstanceOf(NoSuchFileException.class)
        .hasMessageContaining("adapter_model.safetensors");
  }

  private void write(String bias, String... names) throws IOException {
    Files.writeString(temp.resolve("adapter_config.json"), CONFIG.formatted(bias));
    Path file = temp.resolve("adapter_model.bin");
    Files.deleteIfExists(file);
    List<TensorSpec> specs = new ArrayList<>();
    for (String name : names) {
      specs.add(new TensorSpec("base_model.model." + name, DType.F32, Shape.of(4, 4)));
    }
    try (TensorSink sink = TensorSink.toFile(file, specs, WeightsFormat.TORCH)) {
      for (TensorSpec spec : specs) {
        sink.append(spec.name(), ByteBuffer.allocate((int) spec.byteSize()));
      }
      sink.commit();
    }
  }
}
