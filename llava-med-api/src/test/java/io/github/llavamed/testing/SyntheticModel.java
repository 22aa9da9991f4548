package io.github.llavamed.testing;

import io.github.llavamed.checkpoint.DType;
import io.github.llavamed.checkpoint.Shape;
import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.ProjectorConfig;
import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.ModelArtifacts;
import io.github.llavamed.inference.ModelWeights;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;

/** A model of seeded random weights in memory, under canonical names. */
public final class SyntheticModel implements ModelWeights {
  private static final Path FILE = Path.of("synthetic.safetensors");

  private final LlavaConfig config;
  private final Map<String, FloatTensor> weights = new LinkedHashMap<>();
  private final Random random;

  private SyntheticModel(LlavaConfig config, long seed) {
    this.config = config;
    this.random = new Random(seed);
  }

  /** Returns a model with weights of this seed. */
  public static SyntheticModel of(LlavaConfig config, long seed) {
    SyntheticModel model = new SyntheticModel(config, seed);
    model.addDecoder();
    model.addProjector();
    switch (config.visionTower().type()) {
      case CLIP -> model.addClip();
      case BIOMED_CLIP -> model.addBiomedClip();
    }
    return model;
  }

  /** Returns the configuration. */
  public LlavaConfig config() {
    return config;
  }

  /** Returns what a backend needs; the hash covers all values. */
  public ModelArtifacts artifacts(Path directory) {
    return new ModelArtifacts(directory, config, this, hash());
  }

  /** Returns a random preprocessed image of this seed. */
  public PixelValues image(long seed) {
    int size = config.visionTower().imageSize();
    Random pixels = new Random(seed);
    float[] values = new float[3 * size * size];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) pixels.nextGaussian();
    }
    return new PixelValues(values, 3, size, size);
  }

  /** Replaces a tensor, or adds it. */
  public SyntheticModel put(String name, float[] values, long... dims) {
    weights.put(
        name, new FloatTensor(new TensorInfo(name, DType.F32, Shape.of(dims), FILE), values));
    return this;
  }

  /** Removes a tensor. */
  public SyntheticModel remove(String name) {
    weights.remove(name);
    return this;
  }

  @Override
  public Map<String, TensorInfo> tensors() {
    Map<String, TensorInfo> infos = new LinkedHashMap<>();
    weights.forEach((name, tensor) -> infos.put(name, tensor.info()));
    return Collections.unmodifiableMap(infos);
  }

  @Override
  public TensorData tensor(String name) {
    FloatTensor tensor = weights.get(name);
    if (tensor == null) {
      throw new IllegalArgumentException("no tensor '" + name + "'");
    }
    return tensor;
  }

  private void addDecoder() {
    LanguageModelConfig model = config.languageModel();
    int c = model.hiddenSize();
    int queries = model.numAttentionHeads() * model.headDim();
    int keys = model.numKeyValueHeads() * model.headDim();
    gaussian("model.embed_tokens.weight", 1, model.vocabSize(), c);
    for (int layer = 0; layer < model.numHiddenLayers(); layer++) {
      String prefix = "model.layers." + layer + ".";
      norm(prefix + "input_layernorm.weight", c);
      matrix(prefix + "self_attn.q_proj.weight", queries, c);
      matrix(prefix + "self_attn.k_proj.weight", keys, c);
      matrix(prefix + "self_attn.v_proj.weight", keys, c);
      matrix(prefix + "self_attn.o_proj.weight", c, queries);
      norm(prefix + "post_attention_layernorm.weight", c);
      matrix(prefix + "mlp.gate_proj.weight", model.intermediateSize(), c);
      matrix(prefix + "mlp.up_proj.weight", model.intermediateSize(), c);
      matrix(prefix + "mlp.down_proj.weight", c, model.intermediateSize());
    }
    norm("model.norm.weight", c);
    gaussian("lm_head.weight", 2.5 / Math.sqrt(c), model.vocabSize(), c);
  }

  private void addProjector() {
    ProjectorConfig projector = config.projector();
    int inputs = projector.inputSize();
    for (int i = 0; i < projector.depth(); i++) {
      String name = "model.mm_projector." + 2 * i;
      matrix(name + ".weight", projector.outputSize(), inputs);
      if (projector.bias()) {
        gaussian(name + ".bias", 0.1, projector.outputSize());
      }
      inputs = projector.outputSize();
    }
  }

  private void addClip() {
    VisionTowerConfig tower = config.visionTower();
    int w = tower.hiddenSize();
    int patch = tower.patchSize();
    String embeddings = "vision_model.embeddings.";
    gaussian(embeddings + "class_embedding", 1, w);
    gaussian(embeddings + "patch_embedding.weight", 1.0 / patch, w, 3, patch, patch);
    gaussian(embeddings + "position_embedding.weight", 0.5, tower.patchCount() + 1, w);
    layerNorm("vision_model.pre_layrnorm", w);
    for (int i = 0; i < tower.numHiddenLayers(); i++) {
      String prefix = "vision_model.encoder.layers." + i + ".";
      for (String part : new String[] {"q_proj", "k_proj", "v_proj", "out_proj"}) {
        linear(prefix + "self_attn." + part, w, w);
      }
      layerNorm(prefix + "layer_norm1", w);
      layerNorm(prefix + "layer_norm2", w);
      linear(prefix + "mlp.fc1", tower.intermediateSize(), w);
      linear(prefix + "mlp.fc2", w, tower.intermediateSize());
    }
    layerNorm("vision_model.post_layernorm", w);
  }

  private void addBiomedClip() {
    VisionTowerConfig tower = config.visionTower();
    int w = tower.hiddenSize();
    int patch = tower.patchSize();
    String trunk = "visual.trunk.";
    gaussian(trunk + "cls_token", 1, 1, 1, w);
    gaussian(trunk + "pos_embed", 0.5, 1, tower.patchCount() + 1, w);
    gaussian(trunk + "patch_embed.proj.weight", 1.0 / patch, w, 3, patch, patch);
    gaussian(trunk + "patch_embed.proj.bias", 0.1, w);
    for (int i = 0; i < tower.numHiddenLayers(); i++) {
      String prefix = trunk + "blocks." + i + ".";
      layerNorm(prefix + "norm1", w);
      linear(prefix + "attn.qkv", 3 * w, w);
      linear(prefix + "attn.proj", w, w);
      layerNorm(prefix + "norm2", w);
      linear(prefix + "mlp.fc1", tower.intermediateSize(), w);
      linear(prefix + "mlp.fc2", w, tower.intermediateSize());
    }
    layerNorm(trunk + "norm", w);
  }

  private void linear(String name, int outputs, int inputs) {
    matrix(name + ".weight", outputs, inputs);
    gaussian(name + ".bias", 0.1, outputs);
  }

  private void layerNorm(String name, int width) {
    norm(name + ".weight", width);
    gaussian(name + ".bias", 0.1, width);
  }

  private void norm(String name, int width) {
    float[] values = new float[width];
    for (int i = 0; i < width; i++) {
      values[i] = (float) (1 + 0.1 * random.nextGaussian());
    }
    put(name, values, width);
  }

  private void matrix(String name, int outputs, int inputs) {
    gaussian(name, 1 / Math.sqrt(inputs), outputs, inputs);
  }

  private void gaussian(String name, double deviation, long... dims) {
    float[] values = new float[Math.toIntExact(Shape.of(dims).elementCount())];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (deviation * random.nextGaussian());
    }
    put(name, values, dims);
  }

  private String hash() {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (FloatTensor tensor : weights.values()) {
        digest.update(tensor.info().toString().getBytes(StandardCharsets.UTF_8));
        ByteBuffer bytes = ByteBuffer.allocate(Float.BYTES * tensor.values().length);
        bytes.asFloatBuffer().put(tensor.values());
        digest.update(bytes);
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A tensor backed by an array. */
  private record FloatTensor(TensorInfo info, float[] values) implements TensorData {
    @Override
    public void readBytes(long byteOffset, ByteBuffer target) {
      ByteBuffer bytes =
          ByteBuffer.allocate(Float.BYTES * values.length).order(ByteOrder.LITTLE_ENDIAN);
      bytes.asFloatBuffer().put(values);
      target.put(bytes.slice(Math.toIntExact(byteOffset), target.remaining()));
    }

    @Override
    public void readFloats(long elementOffset, float[] target, int targetOffset, int count) {
      System.arraycopy(values, Math.toIntExact(elementOffset), target, targetOffset, count);
    }
  }
}
