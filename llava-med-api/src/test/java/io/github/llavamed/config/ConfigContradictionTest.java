package io.github.llavamed.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** One row per rule: what is wrong, and what the message must name. */
class ConfigContradictionTest {
  private static final Map<String, Supplier<ObjectNode>> FAMILIES =
      Map.of("v10", ConfigFixture::v10, "v15", ConfigFixture::v15, "hf", ConfigFixture::hf);

  @TempDir Path root;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        // Wrong enumeration values.
        "v10|model_type|\"llava_next\"|'llava_mistral'",
        "v15|hidden_act|\"tanh\"|'silu'",
        "v15|mm_projector_type|\"mlp_gelu\"|Unknown projector type: mlp_gelu",
        "v15|mm_projector_type|\"mlp2x_relu\"|Unknown projector type: mlp2x_relu",
        "v15|mm_projector_type|\"mlp2x_gelu_v2\"|Unknown projector type: mlp2x_gelu_v2",
        "v15|mm_projector_type|\"LINEAR\"|Unknown projector type: LINEAR",
        "v15|mm_projector_type|\"xmlp2x_gelu\"|Unknown projector type: xmlp2x_gelu",
        "v15|mm_projector_type|\"mlp99999x_gelu\"|up to 1024",
        "v15|mm_vision_select_feature|\"cls\"|Unexpected select feature: cls",
        "v15|tokenizer_padding_side|\"top\"|'left', 'right'",
        "v15|torch_dtype|\"int8\"|'bfloat16'",
        "v15|rope_scaling|{\"type\": \"linear\", \"factor\": 2}|rope_scaling.type",
        "v15|rope_scaling|{\"rope_type\": \"llama3\"}|rope_scaling.rope_type",
        "hf|text_config.rope_parameters|{\"rope_type\": \"yarn\"}|text_config.rope_parameters.rope_type",
        "hf|text_config.rope_parameters|{\"partial_rotary_factor\": 0.5}|partial_rotary_factor",
        "hf|text_config.model_type|\"qwen2\"|'llama', 'mistral'",
        "hf|vision_config.model_type|\"siglip_vision_model\"|'clip_vision_model'",
        "hf|vision_config.hidden_act|\"mish\"|'quick_gelu'",
        "hf|vision_config.num_channels|1|expected 3",
        "hf|vision_feature_select_strategy|\"cls\"|'default', 'full'",
        "hf|projector_hidden_act|\"tanh\"|'gelu'",
        "hf|vision_feature_layer|[-2, -1]|an integer",
        // What is not computed.
        "v15|attention_bias|true|expected false",
        "hf|text_config.mlp_bias|true|expected false",
        "v15|quantization_config|{\"quant_method\": \"awq\"}|floating-point",
        "hf|quantization_config|{}|floating-point",
        "hf|text_config.sliding_window|128|expected none",
        "v15|layer_types|[\"full_attention\", \"sliding_attention\"]|'full_attention' for every layer",
        "v10|mm_projector_type|\"mlp2x_gelu\"|one linear layer",
        "v10|mm_vision_select_feature|\"cls_patch\"|class token",
        // Contradictions.
        "v15|hidden_size|18|a divisor of hidden_size = 18",
        "v15|num_key_value_heads|3|a divisor of num_attention_heads = 4",
        "v15|head_dim|5|even number",
        "v15|mm_hidden_size|9|the width of the vision tower, 8",
        "v10|mm_hidden_size|9|the width of the vision tower, 8",
        "v15|mm_vision_select_layer|-5|from -4 to 3",
        "v15|mm_vision_select_layer|4|from -4 to 3",
        "hf|vision_feature_layer|-5|from -4 to 3",
        "hf|image_token_id|8|the same id as image_token_index, 30",
        "hf|image_token_index|32|from 0 to 31",
        "hf|vision_config.num_attention_heads|3|the tower's width, 8",
        "hf|vision_config.patch_size|29|at most image_size = 28",
        // Numbers that are none, or out of range.
        "v15|hidden_size|0|from 1 to",
        "v15|hidden_size|-16|from 1 to",
        "v15|hidden_size|16.5|an integer",
        "v15|hidden_size|\"16\"|an integer",
        "v15|num_hidden_layers|1000000|from 1 to 1024",
        "v15|vocab_size|0|from 1 to",
        "v15|rms_norm_eps|0|above 0",
        "v15|rms_norm_eps|-1e-5|above 0",
        "v15|rope_theta|\"many\"|above 0",
        "v15|sliding_window|0|from 1 to",
        "v15|tokenizer_model_max_length|0|from 1 to",
        "v15|max_sequence_length|-1|from 1 to",
        "v15|mm_use_im_start_end|\"yes\"|true or false",
        "v15|mm_use_im_start_end|1|true or false",
        "v15|mm_vision_tower|\" \"|non-blank string",
        "v15|architectures|\"LlavaMistralForCausalLM\"|array of strings",
        "v15|eos_token_id|\"</s>\"|array of them",
        "hf|text_config|[]|an object",
        // Absent or null.
        "v15|mm_vision_tower|null|config without vision tower",
        "v15|mm_hidden_size|null|absent",
        "v15|mm_vision_select_layer|null|absent",
        "v15|hidden_size|null|absent",
        "v10|vocab_size|null|absent",
        "hf|image_token_index|null|(absent means 32000)",
      })
  void refuses(String family, String key, String json, String expected) {
    Path checkpoint =
        ConfigFixture.write(root, ConfigFixture.with(FAMILIES.get(family).get(), key, json));

    assertThatThrownBy(() -> LlavaConfigReader.read(checkpoint))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining(checkpoint.resolve("config.json").toString())
        .hasMessageContaining("key '")
        .hasMessageContaining(expected);
  }

  @ParameterizedTest
  @CsvSource({"v15,true,true,false", "v15,true,false,true", "v10,true,true,true"})
  void refusesTunedAdaptersWithMarkersOnlyForV15(
      String family, boolean markers, boolean tuned, boolean accepted) throws IOException {
    ObjectNode config = FAMILIES.get(family).get();
    config.put("mm_use_im_start_end", markers).put("tune_mm_mlp_adapter", tuned);
    Path checkpoint = ConfigFixture.write(root, config);

    if (accepted) {
      assertThat(LlavaConfigReader.read(checkpoint).mmUseImStartEnd()).isTrue();
    } else {
      assertThatThrownBy(() -> LlavaConfigReader.read(checkpoint))
          .isInstanceOf(UnsupportedModelException.class)
          .hasMessageContaining("tune_mm_mlp_adapter");
    }
  }

  @ParameterizedTest
  @CsvSource({"v15", "v10"})
  void refusesContradictingRopeBases(String family) {
    ObjectNode config = FAMILIES.get(family).get().put("rope_theta", 10000.0);
    ConfigFixture.with(config, "rope_parameters", "{\"rope_theta\": 1000000.0}");
    Path checkpoint = ConfigFixture.write(root, config);

    assertThatThrownBy(() -> LlavaConfigReader.read(checkpoint))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("rope_parameters.rope_theta");
  }

  @Test
  void refusesV10WithoutTheProjectorKey() {
    ObjectNode config = ConfigFixture.v10();
    config.remove("use_mm_proj");
    Path checkpoint = ConfigFixture.write(root, config);

    assertThatThrownBy(() -> LlavaConfigReader.read(checkpoint))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessageContaining("key 'use_mm_proj' is absent");
  }

  @Test
  void refusesBiomedClipOutsideV10AndBeyondTheLastThreeBlocks() {
    ObjectNode v15 = ConfigFixture.v15().put("mm_vision_tower", "x/BiomedCLIP");
    ObjectNode v10 = ConfigFixture.v10().put("mm_vision_tower", "x/BiomedCLIP");
    v10.put("mm_hidden_size", 768).put("mm_vision_select_layer", 3);

    assertThatThrownBy(
            () -> LlavaConfigReader.read(ConfigFixture.write(root, v15.put("mm_hidden_size", 768))))
        .hasMessageContaining("only v1.0.0 uses BiomedCLIP");
    assertThatThrownBy(() -> LlavaConfigReader.read(ConfigFixture.write(root, v10)))
        .hasMessageContaining("from -3 to 2");
  }
}
