package io.github.llavamed.cli.bench;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.CheckpointWriter;
import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Writes a v1.5 checkpoint in float32 around the decoder of a GGUF file of the LLaMA architecture:
 * its weights and its vocabulary, with a tiny random tower and projector.
 *
 * <p>The vocabulary becomes a SentencePiece model that joins pieces in the order of their ids, as
 * the merges of byte-level vocabularies do; English text gets nearly the ids that it had there.
 */
final class GgufCheckpoint {
  /** Layer tensors whose rows keep their order, by name there and here. */
  private static final Map<String, String> LAYER =
      Map.of(
          "attn_norm", "input_layernorm",
          "attn_v", "self_attn.v_proj",
          "attn_output", "self_attn.o_proj",
          "ffn_norm", "post_attention_layernorm",
          "ffn_gate", "mlp.gate_proj",
          "ffn_up", "mlp.up_proj",
          "ffn_down", "mlp.down_proj");

  private static final String OUTPUT = "output.weight";
  private static final int CONTROL = 3; // tokenizer.ggml.token_type
  private static final BenchShape TOWER = BenchShape.TINY;

  private final GgufFile file;
  private final int hiddenSize;
  private final int layers;
  private final int heads;
  private final int keyValueHeads;

  /** Where the values of a tensor come from; {@code rotaryHeads} is 0 for rows in their order. */
  private record Source(String name, int rotaryHeads) {}

  private GgufCheckpoint(GgufFile file) {
    this.file = file;
    this.hiddenSize = file.number("llama.embedding_length");
    this.layers = file.number("llama.block_count");
    this.heads = file.number("llama.attention.head_count");
    this.keyValueHeads = file.number("llama.attention.head_count_kv");
  }

  /**
   * Writes the checkpoint into a directory that is created if need be.
   *
   * @throws IOException if a file cannot be written
   */
  static void write(GgufFile file, Path directory) throws IOException {
    Files.createDirectories(directory);
    GgufCheckpoint checkpoint = new GgufCheckpoint(file);
    checkpoint.writeConfig(directory);
    Files.write(directory.resolve("tokenizer.model"), checkpoint.vocabulary());
    checkpoint.writeWeights(directory);
    RandomCheckpoint.writeTower(TOWER, directory);
  }

  private void writeConfig(Path directory) throws IOException {
    ObjectNode json = JsonMapper.builder().build().createObjectNode();
    json.put("hidden_size", hiddenSize);
    json.put("intermediate_size", file.number("llama.feed_forward_length"));
    json.put("num_hidden_layers", layers);
    json.put("num_attention_heads", heads);
    json.put("num_key_value_heads", keyValueHeads);
    json.put("vocab_size", file.dims("token_embd.weight").get(0));
    json.put("hidden_act", "silu");
    json.put("bos_token_id", 1);
    json.put("eos_token_id", 2);
    json.put("tie_word_embeddings", false);
    json.put("rms_norm_eps", file.fraction("llama.attention.layer_norm_rms_epsilon"));
    json.put("rope_theta", file.fraction("llama.rope.freq_base"));
    json.put("max_position_embeddings", file.number("llama.context_length"));
    ShapeConfig.v15(json);
    json.put("mm_projector_type", "mlp2x_gelu");
    json.put("use_mm_proj", true);
    json.put("mm_vision_tower", ShapeConfig.TOWER_DIRECTORY);
    json.put("mm_hidden_size", TOWER.tower().hiddenSize());
    json.put("mm_vision_select_layer", BenchShape.Tower.SELECT_LAYER);
    json.put("torch_dtype", "float32");
    ShapeConfig.write(json, directory);
    ShapeConfig.write(
        ShapeConfig.tower(TOWER.tower()), directory.resolve(ShapeConfig.TOWER_DIRECTORY));
  }

  /** Spaces, line ends and tabs have characters of their own in byte-level vocabularies. */
  private byte[] vocabulary() {
    List<String> pieces =
        file.texts("tokenizer.ggml.tokens").stream()
            .map(text -> text.replace('\u0120', '\u2581').replace('\u010a', '\n'))
            .map(text -> text.replace('\u0109', '\t'))
            .toList();
    List<Integer> types = file.numbers("tokenizer.ggml.token_type");
    Set<Integer> control = new HashSet<>();
    for (int id = 0; id < types.size(); id++) {
      if (types.get(id) == CONTROL) {
        control.add(id);
      }
    }
    return ShapeVocabulary.sentencePieceModel(pieces, control);
  }

  private void writeWeights(Path directory) throws IOException {
    Map<TensorSpec, Source> decoder = decoder();
    List<TensorSpec> projector = projector();
    List<TensorSpec> all = new ArrayList<>(decoder.keySet());
    all.addAll(projector);
    try (CheckpointWriter writer = CheckpointWriter.toDirectory(directory, all).open()) {
      for (Map.Entry<TensorSpec, Source> tensor : decoder.entrySet()) {
        Source source = tensor.getValue();
        float[] values = file.floats(source.name());
        writer.append(
            tensor.getKey().name(),
            source.rotaryHeads() == 0 ? values : halves(values, source.rotaryHeads()));
      }
      for (TensorSpec spec : projector) {
        RandomCheckpoint.append(writer, spec);
      }
      writer.commit();
    }
  }

  private Map<TensorSpec, Source> decoder() {
    Map<TensorSpec, Source> tensors = new LinkedHashMap<>();
    add(tensors, "model.embed_tokens.weight", "token_embd.weight", 0);
    for (int n = 0; n < layers; n++) {
      String there = "blk." + n + ".";
      String here = "model.layers." + n + ".";
      add(tensors, here + "self_attn.q_proj.weight", there + "attn_q.weight", heads);
      add(tensors, here + "self_attn.k_proj.weight", there + "attn_k.weight", keyValueHeads);
      LAYER.forEach((a, b) -> add(tensors, here + b + ".weight", there + a + ".weight", 0));
    }
    add(tensors, "model.norm.weight", "output_norm.weight", 0);
    // Without an output of its own, the decoder uses its embeddings.
    add(tensors, "lm_head.weight", file.has(OUTPUT) ? OUTPUT : "token_embd.weight", 0);
    return tensors;
  }

  private void add(Map<TensorSpec, Source> tensors, String here, String there, int rotaryHeads) {
    long[] dims = file.dims(there).stream().mapToLong(Integer::longValue).toArray();
    tensors.put(new TensorSpec(here, DType.F32, Shape.of(dims)), new Source(there, rotaryHeads));
  }

  private List<TensorSpec> projector() {
    String prefix = "model.mm_projector.";
    long width = TOWER.tower().hiddenSize();
    return List.of(
        new TensorSpec(prefix + "0.weight", DType.F32, Shape.of(hiddenSize, width)),
        new TensorSpec(prefix + "0.bias", DType.F32, Shape.of(hiddenSize)),
        new TensorSpec(prefix + "2.weight", DType.F32, Shape.of(hiddenSize, hiddenSize)),
        new TensorSpec(prefix + "2.bias", DType.F32, Shape.of(hiddenSize)));
  }

  /**
   * Reorders the rows of each head from pairs that are rotated together to first halves and second
   * halves.
   *
   * @param rows // [heads * d, c]
   */
  static float[] halves(float[] rows, int heads, int columns) {
    int width = rows.length / heads / columns; // d
    float[] halves = new float[rows.length];
    for (int row = 0; row < heads * width; row++) {
      int inHead = row % width;
      int from = row - inHead + inHead % (width / 2) * 2 + inHead / (width / 2);
      System.arraycopy(rows, from * columns, halves, row * columns, columns);
    }
    return halves;
  }

  private float[] halves(float[] rows, int rotaryHeads) {
    return halves(rows, rotaryHeads, hiddenSize);
  }
}
