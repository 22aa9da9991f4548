package io.github.llavamed.testing;

import io.github.llavamed.checkpoint.TensorData;
import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.config.VisionTowerConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.ModelWeights;
import io.github.llavamed.prompt.ImageSegment;
import io.github.llavamed.prompt.InputSegment;
import io.github.llavamed.prompt.TokenSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The forward pass of a model in plain double-precision loops: slow, simple, and what backends are
 * held against. Only the rotary angles are float32, because the original computes them so.
 */
public final class ReferenceModel {
  /** The original asks timm for the outputs of this many last blocks. */
  private static final int OFFERED_BLOCKS = 3;

  private final LlavaConfig config;
  private final ModelWeights weights;

  /** Creates the reference of a model. */
  public ReferenceModel(LlavaConfig config, ModelWeights weights) {
    this.config = config;
    this.weights = weights;
  }

  /** Returns the reference of a synthetic model. */
  public static ReferenceModel of(SyntheticModel model) {
    return new ReferenceModel(model.config(), model);
  }

  /** Returns a matrix as a row-major float array. */
  public static float[] flatten(double[][] matrix) {
    int columns = matrix[0].length;
    float[] values = new float[matrix.length * columns];
    for (int r = 0; r < matrix.length; r++) {
      for (int i = 0; i < columns; i++) {
        values[r * columns + i] = (float) matrix[r][i];
      }
    }
    return values;
  }

  /**
   * Returns the tower's hidden states, class token included: 0 before the first layer, then one per
   * layer. // each [n, w]
   */
  public List<double[][]> towerStates(PixelValues image) {
    boolean clip = config.visionTower().type() == VisionTowerConfig.Type.CLIP;
    double[][] x = clip ? clipEmbeddings(image) : biomedEmbeddings(image);
    List<double[][]> states = new ArrayList<>();
    states.add(x);
    for (int i = 0; i < config.visionTower().numHiddenLayers(); i++) {
      x = clip ? clipLayer(i, x) : biomedBlock(i, x);
      states.add(x);
    }
    return states;
  }

  /** Returns the selected hidden state. // [p, w] */
  public double[][] imageFeatures(PixelValues image) {
    List<double[][]> states = towerStates(image);
    if (config.visionTower().type() == VisionTowerConfig.Type.BIOMED_CLIP) {
      states = states.subList(1, states.size());
      states = states.subList(Math.max(0, states.size() - OFFERED_BLOCKS), states.size());
    }
    int layer = config.featureSelection().layer();
    double[][] state = states.get(layer < 0 ? layer + states.size() : layer);
    int from = config.featureSelection().dropClassToken() ? 1 : 0;
    return Arrays.copyOfRange(state, from, state.length);
  }

  /** Returns the projector's output. // [p, c] */
  public double[][] project(double[][] features) {
    double[][] x = features;
    for (int i = 0; i < config.projector().depth(); i++) {
      if (i > 0) {
        x = ReferenceMath.activate(x, config.projector().activation());
      }
      String name = "model.mm_projector." + 2 * i;
      x =
          ReferenceMath.linear(
              x,
              tensor(name + ".weight"),
              config.projector().bias() ? tensor(name + ".bias") : null);
    }
    return x;
  }

  /** Returns the spliced embeddings. // [s, c] */
  public double[][] inputsEmbeds(List<InputSegment> segments, List<PixelValues> images) {
    List<double[][]> projected = new ArrayList<>();
    images.forEach(image -> projected.add(project(imageFeatures(image))));
    List<double[]> rows = new ArrayList<>();
    int width = config.languageModel().hiddenSize();
    for (InputSegment segment : segments) {
      for (int i = 0; i < segment.length(); i++) {
        if (segment instanceof ImageSegment image) {
          rows.add(projected.get(image.imageIndex())[image.firstRow() + i]);
        } else if (segment instanceof TokenSegment tokens) {
          float[] row = new float[width];
          tensor("model.embed_tokens.weight")
              .readFloats((long) tokens.id(i) * width, row, 0, width);
          rows.add(toDoubles(row));
        }
      }
    }
    return rows.toArray(new double[0][]);
  }

  /**
   * Returns the decoder's hidden states: 0 are the embeddings, k the output of layer k, the last
   * one after the final norm. // each [s, c]
   */
  public List<double[][]> hiddenStates(double[][] inputsEmbeds) {
    LanguageModelConfig model = config.languageModel();
    List<double[][]> states = new ArrayList<>();
    states.add(inputsEmbeds);
    double[][] x = inputsEmbeds;
    for (int layer = 0; layer < model.numHiddenLayers(); layer++) {
      x = decoderLayer(layer, x);
      boolean last = layer + 1 == model.numHiddenLayers();
      states.add(
          last ? ReferenceMath.rmsNorm(x, tensor("model.norm.weight"), model.rmsNormEps()) : x);
    }
    return states;
  }

  /** Returns the logits of every position. // [s, v] */
  public double[][] logits(double[][] inputsEmbeds) {
    List<double[][]> states = hiddenStates(inputsEmbeds);
    return ReferenceMath.linear(states.get(states.size() - 1), tensor("lm_head.weight"), null);
  }

  /** Returns the logits of every position of a prompt. // [s, v] */
  public double[][] logits(List<InputSegment> segments, List<PixelValues> images) {
    return logits(inputsEmbeds(segments, images));
  }

  private double[][] decoderLayer(int layer, double[][] x) {
    LanguageModelConfig model = config.languageModel();
    String prefix = "model.layers." + layer + ".";
    double[][] normed =
        ReferenceMath.rmsNorm(x, tensor(prefix + "input_layernorm.weight"), model.rmsNormEps());
    double[][] q = rotate(product(normed, prefix + "self_attn.q_proj"));
    double[][] k = rotate(product(normed, prefix + "self_attn.k_proj"));
    double[][] v = product(normed, prefix + "self_attn.v_proj");
    Integer window = model.slidingWindow();
    double[][] heard =
        ReferenceMath.attention(
            q,
            k,
            v,
            model.numAttentionHeads(),
            model.numKeyValueHeads(),
            (query, key) -> key <= query && (window == null || key > query - window));
    double[][] mid = ReferenceMath.add(x, product(heard, prefix + "self_attn.o_proj"));
    double[][] normedMid =
        ReferenceMath.rmsNorm(
            mid, tensor(prefix + "post_attention_layernorm.weight"), model.rmsNormEps());
    double[][] gate =
        ReferenceMath.activate(product(normedMid, prefix + "mlp.gate_proj"), model.hiddenAct());
    double[][] inner = ReferenceMath.multiply(gate, product(normedMid, prefix + "mlp.up_proj"));
    return ReferenceMath.add(mid, product(inner, prefix + "mlp.down_proj"));
  }

  private double[][] rotate(double[][] x) {
    int width = config.languageModel().headDim();
    int half = width / 2;
    double[][] y = new double[x.length][x[0].length];
    for (int position = 0; position < x.length; position++) {
      for (int i = 0; i < half; i++) {
        float power = (float) Math.pow(config.languageModel().ropeTheta(), (float) (2 * i) / width);
        float angle = position * (1f / power);
        double cos = Math.cos(angle);
        double sin = Math.sin(angle);
        for (int from = i; from < x[0].length; from += width) {
          double first = x[position][from];
          double second = x[position][from + half];
          y[position][from] = first * cos - second * sin;
          y[position][from + half] = second * cos + first * sin;
        }
      }
    }
    return y;
  }

  private double[][] clipEmbeddings(PixelValues image) {
    String prefix = "vision_model.embeddings.";
    double[][] x =
        embeddings(
            image,
            tensor(prefix + "patch_embedding.weight"),
            null,
            tensor(prefix + "class_embedding"),
            tensor(prefix + "position_embedding.weight"));
    return layerNorm(x, "vision_model.pre_layrnorm");
  }

  private double[][] clipLayer(int index, double[][] x) {
    String prefix = "vision_model.encoder.layers." + index + ".";
    double[][] normed = layerNorm(x, prefix + "layer_norm1");
    int heads = config.visionTower().numAttentionHeads();
    double[][] heard =
        ReferenceMath.attention(
            affine(normed, prefix + "self_attn.q_proj"),
            affine(normed, prefix + "self_attn.k_proj"),
            affine(normed, prefix + "self_attn.v_proj"),
            heads,
            heads,
            (query, key) -> true);
    double[][] mid = ReferenceMath.add(x, affine(heard, prefix + "self_attn.out_proj"));
    return mlp(mid, prefix + "layer_norm2", prefix + "mlp.");
  }

  private double[][] biomedEmbeddings(PixelValues image) {
    String prefix = "visual.trunk.";
    return embeddings(
        image,
        tensor(prefix + "patch_embed.proj.weight"),
        tensor(prefix + "patch_embed.proj.bias"),
        tensor(prefix + "cls_token"),
        tensor(prefix + "pos_embed"));
  }

  private double[][] biomedBlock(int index, double[][] x) {
    String prefix = "visual.trunk.blocks." + index + ".";
    int width = config.visionTower().hiddenSize();
    int heads = config.visionTower().numAttentionHeads();
    double[][] packed = affine(layerNorm(x, prefix + "norm1"), prefix + "attn.qkv");
    double[][] heard =
        ReferenceMath.attention(
            columns(packed, 0, width),
            columns(packed, width, width),
            columns(packed, 2 * width, width),
            heads,
            heads,
            (query, key) -> true);
    double[][] mid = ReferenceMath.add(x, affine(heard, prefix + "attn.proj"));
    return mlp(mid, prefix + "norm2", prefix + "mlp.");
  }

  private double[][] mlp(double[][] x, String norm, String prefix) {
    double[][] inner =
        ReferenceMath.activate(
            affine(layerNorm(x, norm), prefix + "fc1"), config.visionTower().hiddenAct());
    return ReferenceMath.add(x, affine(inner, prefix + "fc2"));
  }

  private double[][] embeddings(
      PixelValues image,
      TensorData kernel,
      TensorData bias,
      TensorData classToken,
      TensorData pos) {
    int width = config.visionTower().hiddenSize();
    double[][] patches = ReferenceMath.linear(patches(image), kernel, bias);
    double[][] x = new double[patches.length + 1][];
    x[0] = toDoubles(classToken.toFloats());
    System.arraycopy(patches, 0, x, 1, patches.length);
    float[] positions = pos.toFloats();
    for (int r = 0; r < x.length; r++) {
      for (int i = 0; i < width; i++) {
        x[r][i] += positions[r * width + i];
      }
    }
    return x;
  }

  private double[][] patches(PixelValues image) {
    int patch = config.visionTower().patchSize();
    int side = config.visionTower().imageSize() / patch;
    double[][] rows = new double[side * side][3 * patch * patch];
    for (int r = 0; r < rows.length; r++) {
      int top = r / side * patch;
      int left = r % side * patch;
      for (int i = 0; i < rows[r].length; i++) {
        int channel = i / (patch * patch);
        int y = top + i / patch % patch;
        int x = left + i % patch;
        rows[r][i] = image.values()[(channel * image.height() + y) * image.width() + x];
      }
    }
    return rows;
  }

  private double[][] layerNorm(double[][] x, String name) {
    return ReferenceMath.layerNorm(
        x, tensor(name + ".weight"), tensor(name + ".bias"), config.visionTower().layerNormEps());
  }

  private double[][] affine(double[][] x, String name) {
    return ReferenceMath.linear(x, tensor(name + ".weight"), tensor(name + ".bias"));
  }

  private double[][] product(double[][] x, String name) {
    return ReferenceMath.linear(x, tensor(name + ".weight"), null);
  }

  private TensorData tensor(String name) {
    return weights.tensor(name);
  }

  private static double[][] columns(double[][] x, int from, int count) {
    double[][] part = new double[x.length][];
    for (int r = 0; r < x.length; r++) {
      part[r] = Arrays.copyOfRange(x[r], from, from + count);
    }
    return part;
  }

  private static double[] toDoubles(float[] values) {
    double[] doubles = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      doubles[i] = values[i];
    }
    return doubles;
  }
}
