package io.github.llavamed.cli.bench;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorSpec;
import io.github.llavamed.config.ModelFamily;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists the tensors of a shape under the names of its family's files.
 *
 * <p>Letters: {@code v} vocabulary, {@code c} hidden size, {@code i} intermediate size, {@code k}
 * key/value width, {@code w} tower width, {@code m} tower MLP width, {@code p} patches.
 */
final class ShapeTensors {
  private final DType dtype;
  private final List<TensorSpec> specs = new ArrayList<>();

  private ShapeTensors(DType dtype) {
    this.dtype = dtype;
  }

  /** Returns the tensors of the checkpoint itself: decoder and projector. */
  static List<TensorSpec> checkpoint(BenchShape shape, int layers) {
    ShapeTensors tensors = new ShapeTensors(shape.dtype());
    tensors.projector(shape);
    tensors.decoder(shape.decoder(), layers);
    return tensors.specs;
  }

  /** Returns the tensors of the vision tower's own file, up to the selected layer. */
  static List<TensorSpec> tower(BenchShape shape) {
    ShapeTensors tensors = new ShapeTensors(shape.dtype());
    tensors.clip(shape.tower());
    return tensors.specs;
  }

  private void projector(BenchShape shape) {
    boolean sequence = shape.family() == ModelFamily.LLAVA_V1_5;
    int c = shape.decoder().hiddenSize();
    for (int n = 0; n < shape.projectorDepth(); n++) {
      String layer = "model.mm_projector" + (sequence ? "." + 2 * n : "");
      linear(layer, c, n == 0 ? shape.tower().hiddenSize() : c); // [c, w] or [c, c]
    }
  }

  private void decoder(BenchShape.Decoder decoder, int layers) {
    long c = decoder.hiddenSize();
    long i = decoder.intermediateSize();
    long k = c / decoder.numAttentionHeads() * decoder.numKeyValueHeads();
    add("model.embed_tokens.weight", decoder.vocabSize(), c); // [v, c]
    for (int n = 0; n < layers; n++) {
      String layer = "model.layers." + n + ".";
      add(layer + "input_layernorm.weight", c); // [c]
      add(layer + "self_attn.q_proj.weight", c, c); // [c, c]
      add(layer + "self_attn.k_proj.weight", k, c); // [k, c]
      add(layer + "self_attn.v_proj.weight", k, c); // [k, c]
      add(layer + "self_attn.o_proj.weight", c, c); // [c, c]
      add(layer + "post_attention_layernorm.weight", c); // [c]
      add(layer + "mlp.gate_proj.weight", i, c); // [i, c]
      add(layer + "mlp.up_proj.weight", i, c); // [i, c]
      add(layer + "mlp.down_proj.weight", c, i); // [c, i]
    }
    add("model.norm.weight", c); // [c]
    add("lm_head.weight", decoder.vocabSize(), c); // [v, c]
  }

  private void clip(BenchShape.Tower tower) {
    long w = tower.hiddenSize();
    long m = tower.intermediateSize();
    String embeddings = "vision_model.embeddings.";
    add(embeddings + "class_embedding", w); // [w]
    add(embeddings + "patch_embedding.weight", w, 3, tower.patchSize(), tower.patchSize());
    add(embeddings + "position_embedding.weight", tower.patches() + 1L, w); // [p + 1, w]
    affine("vision_model.pre_layrnorm", w); // [w] (sic)
    for (int n = 0; n < tower.storedLayers(); n++) {
      String layer = "vision_model.encoder.layers." + n + ".";
      affine(layer + "layer_norm1", w); // [w]
      for (String name : List.of("q_proj", "k_proj", "v_proj", "out_proj")) {
        linear(layer + "self_attn." + name, w, w); // [w, w]
      }
      affine(layer + "layer_norm2", w); // [w]
      linear(layer + "mlp.fc1", m, w); // [m, w]
      linear(layer + "mlp.fc2", w, m); // [w, m]
    }
  }

  private void linear(String name, long out, long in) {
    add(name + ".weight", out, in);
    add(name + ".bias", out);
  }

  private void affine(String name, long width) {
    add(name + ".weight", width);
    add(name + ".bias", width);
  }

  private void add(String name, long... dims) {
    specs.add(new TensorSpec(name, dtype, Shape.of(dims)));
  }
}
