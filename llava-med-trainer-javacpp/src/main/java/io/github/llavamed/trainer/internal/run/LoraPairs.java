package io.github.llavamed.trainer.internal.run;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.trainer.internal.torch.ParamStore;
import io.github.llavamed.trainer.internal.torch.Scopes;
import io.github.llavamed.trainer.internal.torch.TensorTransfer;
import io.github.llavamed.training.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.global.torch;

/**
 * The low-rank additions of a model: {@code W + scaling · B A} per chosen layer.
 *
 * <p>Names and files are those of the peft library 0.10.
 *
 * @param params the model's tensors, additions among them
 * @param scaling {@code loraAlpha / loraRank}
 */
public record LoraPairs(ParamStore params, double scaling) {
  /** The file of the additions. */
  static final String WEIGHTS = "adapter_model.safetensors";

  private static final String A = ".lora_A.weight";
  private static final String B = ".lora_B.weight";
  private static final String WEIGHT = ".weight";
  private static final String PEFT_PREFIX = "base_model.model.";

  /** Returns the additions of a model, maybe none. */
  static LoraPairs in(ParamStore params, TrainingConfig config) {
    return new LoraPairs(params, scaling(config));
  }

  static double scaling(TrainingConfig config) {
    return config.loraRank() == 0 ? 0 : config.loraAlpha() / config.loraRank();
  }

  static boolean isPart(String name) {
    return name.endsWith(A) || name.endsWith(B);
  }

  /** Returns the peft library's name of a tensor that other files call {@code name}. */
  static String toPeft(String name) {
    return PEFT_PREFIX + name;
  }

  /** Returns what other files call a tensor in a file of the peft library. */
  static String fromPeft(String name) {
    return name.startsWith(PEFT_PREFIX) ? name.substring(PEFT_PREFIX.length()) : name;
  }

  /**
   * Adds pairs to the decoder's layers: A uniform in ±1/√in as peft draws it, B zero.
   *
   * @return the names of the new tensors
   */
  static List<String> addTo(ParamStore params, TrainingConfig config) {
    List<String> made = new ArrayList<>();
    Random random = new Random(config.seed()); // its algorithm is specified
    for (String name : List.copyOf(params.names())) {
      if (!name.startsWith("model.layers.") || !isTarget(name, config.loraTargetModules())) {
        continue;
      }
      String module = name.substring(0, name.length() - WEIGHT.length());
      long[] shape = TensorTransfer.sizes(params.get(name)); // [out, in]
      int rank = config.loraRank();
      float[] a = new float[Math.toIntExact(Math.multiplyExact(rank, shape[1]))];
      for (int i = 0; i < a.length; i++) {
        a[i] = (float) ((2 * random.nextDouble() - 1) / Math.sqrt((double) shape[1]));
      }
      float[] b = new float[Math.toIntExact(Math.multiplyExact(shape[0], rank))];
      params.put(module + A, TensorTransfer.of(a, params.device(), rank, shape[1]));
      params.put(module + B, TensorTransfer.of(b, params.device(), shape[0], rank));
      made.add(module + A);
      made.add(module + B);
    }
    if (made.isEmpty()) {
      throw new IllegalArgumentException(
          "loraTargetModules: expected names such as q_proj, found %s, which no layer has"
              .formatted(config.loraTargetModules()));
    }
    return made;
  }

  private static boolean isTarget(String name, List<String> targets) {
    return targets.stream().anyMatch(target -> name.endsWith("." + target + WEIGHT));
  }

  /** Returns a tensor with its addition, if it has one; the caller closes it. */
  public Tensor merged(String name) {
    Tensor weight = params.get(name);
    String module =
        name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
    Tensor a = params.find(module + A);
    Tensor b = params.find(module + B);
    if (a == null || b == null) {
      return Scopes.keepNoGrad(weight::detach);
    }
    return Scopes.keepNoGrad(
        () -> weight.add(torch.matmul(b, a).mul(new Scalar(scaling)))); // [out, in]
  }

  /** Returns a tensor and its addition, if it has one. */
  List<String> partsOf(String name) {
    String module =
        name.endsWith(WEIGHT) ? name.substring(0, name.length() - WEIGHT.length()) : name;
    return params.contains(module + A) && params.contains(module + B)
        ? List.of(name, module + A, module + B)
        : List.of(name);
  }

  /** Writes {@code adapter_config.json}, which says how the additions are used. */
  static void writeSettings(Path directory, TrainingConfig config) throws IOException {
    ObjectMapper json = new ObjectMapper();
    ObjectNode settings = json.createObjectNode();
    settings.put("peft_type", "LORA");
    settings.put("task_type", "CAUSAL_LM");
    settings.put("base_model_name_or_path", config.modelNameOrPath().toString());
    settings.put("r", config.loraRank());
    settings.put("lora_alpha", config.loraAlpha());
    settings.put("lora_dropout", config.loraDropout());
    settings.put("bias", "none");
    settings.put("fan_in_fan_out", false);
    settings.put("inference_mode", true);
    ArrayNode targets = settings.putArray("target_modules");
    config.loraTargetModules().forEach(targets::add);
    json.writerWithDefaultPrettyPrinter()
        .writeValue(directory.resolve("adapter_config.json").toFile(), settings);
  }
}
