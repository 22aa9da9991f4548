package io.github.llavamed.weights;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Writes small model directories with random weights, complete or with chosen defects. */
final class TinyModels {
  static final String Q_PROJ = "model.layers.0.self_attn.q_proj.weight";
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String HEAD = "lm_head.weight";
  static final String PROJECTOR = "model.mm_projector.weight";
  static final String PROJECTOR_BIAS = "model.mm_projector.bias";
  static final String INV_FREQ = "model.layers.0.self_attn.rotary_emb.inv_freq";

  /** After so many elements they repeat, so that large tensors are made quickly. */
  private static final int PERIOD = 5003;

  private final Map<String, float[]> values = new LinkedHashMap<>();
  private final Map<String, Shape> shapes = new LinkedHashMap<>();
  private final ObjectNode config = JsonNodeFactory.instance.objectNode();
  private final Random random;
  private DType dtype = DType.F16;

  private TinyModels(long seed) {
    this.random = new Random(seed);
  }

  /** A LLaMA with one layer: vocabulary {@code v}, hidden size {@code c}, MLP {@code 2c}. */
  static TinyModels llama(long seed, int v, int c) {
    TinyModels model = new TinyModels(seed);
    model.config.putArray("architectures").add("LlamaForCausalLM");
    model.config.put("model_type", "llama").put("num_hidden_layers", 1).put("hidden_size", c);
    model.config.put("vocab_size", v).put("torch_dtype", "float16");
    model.with(EMBEDDING, v, c);
    for (String name : List.of("q_proj", "k_proj", "v_proj", "o_proj")) {
      model.with("model.layers.0.self_attn." + name + ".weight", c, c);
    }
    model.with("model.layers.0.mlp.gate_proj.weight", 2L * c, c);
    model.with("model.layers.0.mlp.down_proj.weight", c, 2L * c);
    model.with("model.layers.0.mlp.up_proj.weight", 2L * c, c);
    model.with("model.layers.0.input_layernorm.weight", c);
    model.with("model.layers.0.post_attention_layernorm.weight", c);
    model.with("model.norm.weight", c);
    return model.with(HEAD, v, c);
  }

  /** The same with a projector from 6 inputs and the configuration of v1.0.0. */
  static TinyModels llava(long seed, int v, int c) {
    TinyModels model = llama(seed, v, c).with(PROJECTOR, c, 6).with(PROJECTOR_BIAS, c);
    model.config.put("model_type", "llava").put("use_mm_proj", true);
    model.config.putArray("architectures").add("LlavaLlamaForCausalLM");
    return model;
  }

  ObjectNode config() {
    return config;
  }

  TinyModels with(String name, long... shape) {
    Shape dims = Shape.of(shape);
    float[] random = new float[(int) dims.elementCount()];
    for (int i = 0; i < random.length; i++) {
      random[i] = i < PERIOD ? (float) (this.random.nextGaussian() * 0.05) : random[i - PERIOD];
    }
    return with(name, dims, random);
  }

  TinyModels with(String name, Shape shape, float[] elements) {
    shapes.put(name, shape);
    values.put(name, elements);
    return this;
  }

  TinyModels without(String name) {
    shapes.remove(name);
    values.remove(name);
    return this;
  }

  TinyModels storedAs(DType type) {
    dtype = type;
    return this;
  }

  float[] values(String name) {
    return values.get(name);
  }

  /** Writes weights, configuration and a stand-in for the tokenizer. */
  Path write(Path directory) throws IOException {
    Files.createDirectories(directory);
    List<TensorSpec> specs = new ArrayList<>();
    shapes.forEach((name, shape) -> specs.add(new TensorSpec(name, dtype, shape)));
    try (CheckpointWriter writer = CheckpointWriter.toDirectory(directory, specs).open()) {
      for (TensorSpec spec : specs) {
        writer.append(spec.name(), values.get(spec.name()));
      }
      writer.commit();
    }
    Files.writeString(directory.resolve("config.json"), config.toString());
    Files.writeString(directory.resolve("tokenizer.model"), "tokenizer of " + directory);
    Files.writeString(directory.resolve("tokenizer_config.json"), "{}");
    return directory;
  }
}
