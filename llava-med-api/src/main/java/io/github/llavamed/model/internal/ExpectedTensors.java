package io.github.llavamed.model.internal;

import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ProjectorConfig;
import io.github.llavamed.config.VisionTowerConfig;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The weights that a configuration asks for, with their shapes, in the order of the forward pass.
 *
 * <p>Letters: {@code v} vocabulary, {@code c} hidden size, {@code i} intermediate size, {@code q}
 * query width, {@code k} key/value width, {@code w} tower width, {@code m} tower MLP width.
 */
public final class ExpectedTensors {
  private final Map<String, Shape> shapes = new LinkedHashMap<>();

  private ExpectedTensors() {}

  /** Returns the weights of a model: tower up to the selected layer, projector, decoder. */
  public static Map<String, Shape> of(LlavaConfig config) {
    ExpectedTensors expected = new ExpectedTensors();
    expected.tower(config);
    expected.projector(config.projector());
    expected.decoder(config.languageModel());
    return expected.shapes;
  }

  private void tower(LlavaConfig config) {
    VisionTowerConfig tower = config.visionTower();
    switch (tower.type()) {
      case CLIP -> clip(tower, TowerDepth.of(config));
      case BIOMED_CLIP -> trunk(tower, TowerDepth.of(config));
    }
  }

  private void clip(VisionTowerConfig tower, int layers) {
    long w = tower.hiddenSize();
    long patch = tower.patchSize();
    String embeddings = CanonicalNames.CLIP + "embeddings.";
    add(embeddings + "class_embedding", w); // [w]
    add(embeddings + "patch_embedding.weight", w, 3, patch, patch); // [w, 3, patch, patch]
    add(embeddings + "position_embedding.weight", tower.patchCount() + 1L, w); // [p + 1, w]
    affine(CanonicalNames.CLIP + "pre_layrnorm", w); // [w] (sic)
    for (int i = 0; i < layers; i++) {
      String layer = CanonicalNames.CLIP_LAYERS + i + ".";
      affine(layer + "layer_norm1", w); // [w]
      for (String name : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
        linear(layer + "self_attn." + name, w, w); // [w, w]
      }
      affine(layer + "layer_norm2", w); // [w]
      linear(layer + "mlp.fc1", tower.intermediateSize(), w); // [m, w]
      linear(layer + "mlp.fc2", w, tower.intermediateSize()); // [w, m]
    }
  }

  private void trunk(VisionTowerConfig tower, int blocks) {
    long w = tower.hiddenSize();
    long patch = tower.patchSize();
    add(CanonicalNames.TRUNK + "cls_token", 1, 1, w); // [1, 1, w]
    add(CanonicalNames.TRUNK + "pos_embed", 1, tower.patchCount() + 1L, w); // [1, p + 1, w]
    add(CanonicalNames.TRUNK + "patch_embed.proj.weight", w, 3, patch, patch);
    add(CanonicalNames.TRUNK + "patch_embed.proj.bias", w); // [w]
    for (int i = 0; i < blocks; i++) {
      String block = CanonicalNames.TRUNK_BLOCKS + i + ".";
      affine(block + "norm1", w); // [w]
      linear(block + "attn.qkv", 3 * w, w); // [3w, w]
      linear(block + "attn.proj", w, w); // [w, w]
      affine(block + "norm2", w); // [w]
      linear(block + "mlp.fc1", tower.intermediateSize(), w); // [m, w]
      linear(block + "mlp.fc2", w, tower.intermediateSize()); // [w, m]
    }
  }

  private void projector(ProjectorConfig projector) {
    for (int i = 0; i < projector.depth(); i++) {
      String layer = CanonicalNames.PROJECTOR + 2 * i;
      add(
          layer + ".weight",
          projector.outputSize(),
          i == 0 ? projector.inputSize() : projector.outputSize()); // [c, w] or [c, c]
      if (projector.bias()) {
        add(layer + ".bias", projector.outputSize()); // [c]
      }
    }
  }

  private void decoder(LanguageModelConfig decoder) {
    long c = decoder.hiddenSize();
    long q = (long) decoder.numAttentionHeads() * decoder.headDim();
    long k = (long) decoder.numKeyValueHeads() * decoder.headDim();
    long i = decoder.intermediateSize();
    add(CanonicalNames.EMBEDDING, decoder.vocabSize(), c); // [v, c]
    for (int n = 0; n < decoder.numHiddenLayers(); n++) {
      String layer = CanonicalNames.LAYERS + n + ".";
      add(layer + "input_layernorm.weight", c); // [c]
      add(layer + "self_attn.q_proj.weight", q, c); // [q, c]
      add(layer + "self_attn.k_proj.weight", k, c); // [k, c]
      add(layer + "self_attn.v_proj.weight", k, c); // [k, c]
      add(layer + "self_attn.o_proj.weight", c, q); // [c, q]
      add(layer + "post_attention_layernorm.weight", c); // [c]
      add(layer + "mlp.gate_proj.weight", i, c); // [i, c]
      add(layer + "mlp.up_proj.weight", i, c); // [i, c]
      add(layer + "mlp.down_proj.weight", c, i); // [c, i]
    }
    add(CanonicalNames.NORM, c); // [c]
    add(CanonicalNames.LM_HEAD, decoder.vocabSize(), c); // [v, c]
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
    shapes.put(name, Shape.of(dims));
  }
}
