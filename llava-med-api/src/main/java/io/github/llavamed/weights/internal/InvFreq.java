package io.github.llavamed.weights.internal;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.github.llavamed.checkpoint.TensorInfo;
import io.github.llavamed.weights.IncompatibleWeightsException;

/**
 * The rotary frequencies that old models store as buffers.
 *
 * <p>They follow from the configuration, and old files hold them rounded or doubled; so they are
 * never taken from a file.
 */
final class InvFreq {
  private static final String SUFFIX = ".rotary_emb.inv_freq";
  private static final double DEFAULT_THETA = 10000;

  /** Far above any head size: what a hostile shape may ask for. */
  private static final long MAX_PAIRS = 1 << 16;

  private InvFreq() {}

  static boolean isName(String name) {
    return name.endsWith(SUFFIX);
  }

  /** Returns the buffer as float32 models compute it: {@code 1 / theta^(2i / d)}. */
  static TensorRecipe computed(TensorInfo stored, ObjectNode config) {
    JsonNode theta = config.path("rope_theta");
    if (!theta.isNumber()) {
      theta = config.path("rope_parameters").path("rope_theta");
    }
    double base = theta.isNumber() ? theta.doubleValue() : DEFAULT_THETA;
    float[] values = new float[pairs(stored)];
    for (int i = 0; i < values.length; i++) {
      float exponent = 2f * i / (2f * values.length);
      values[i] = 1 / (float) Math.pow(base, exponent);
    }
    return new ConstantRecipe(stored.name(), values);
  }

  /** Returns the buffer of a delta: zeros, so that adding the base gives the base's. */
  static TensorRecipe zeros(TensorInfo stored) {
    return new ConstantRecipe(stored.name(), new float[pairs(stored)]);
  }

  private static int pairs(TensorInfo stored) {
    if (stored.shape().rank() != 1 || stored.shape().dim(0) > MAX_PAIRS) {
      throw new IncompatibleWeightsException(
          "tensor '%s' in %s: expected a vector of at most %d frequencies, found %s"
              .formatted(stored.name(), stored.file(), MAX_PAIRS, stored.shape()));
    }
    return (int) stored.shape().dim(0);
  }
}
