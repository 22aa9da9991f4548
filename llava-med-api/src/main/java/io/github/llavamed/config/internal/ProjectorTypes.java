package io.github.llavamed.config.internal;

import io.github.llavamed.config.Activation;
import io.github.llavamed.config.ConfigLimits;
import io.github.llavamed.config.ProjectorConfig;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The projector types of v1.5: {@code linear}, {@code mlpNx_gelu}, {@code identity}. */
final class ProjectorTypes {
  static final String LINEAR = "linear";
  static final String KEY = "mm_projector_type";

  private static final Pattern MLP = Pattern.compile("mlp([0-9]{1,6})x_gelu");

  private ProjectorTypes() {}

  static ProjectorConfig read(
      ConfigObject json, int inputSize, int outputSize, ConfigLimits limits) {
    String type = json.has(KEY) ? json.string(KEY) : LINEAR;
    if (type == null || type.equals(LINEAR)) {
      return projector(LINEAR, 1, inputSize, outputSize);
    }
    if (type.equals("identity")) {
      if (inputSize != outputSize) {
        throw json.unsupported(
            KEY,
            "another type: the identity needs mm_hidden_size = hidden_size, found "
                + inputSize
                + " and "
                + outputSize);
      }
      return projector(type, 0, inputSize, outputSize);
    }
    Matcher matcher = MLP.matcher(type);
    if (!matcher.matches() || Integer.parseInt(matcher.group(1)) > limits.maxLayers()) {
      throw json.unsupported(
          KEY,
          "one of 'linear', 'identity', 'mlpNx_gelu' with N up to "
              + limits.maxLayers()
              + ". Unknown projector type: "
              + type);
    }
    // The original builds the first layer before it counts: mlp0x_gelu is mlp1x_gelu.
    int depth = Math.max(1, Integer.parseInt(matcher.group(1)));
    return projector(type, depth, inputSize, outputSize);
  }

  private static ProjectorConfig projector(String type, int depth, int in, int out) {
    return new ProjectorConfig(type, depth, in, out, true, Activation.GELU);
  }
}
