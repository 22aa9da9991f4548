package io.github.llavamed.config.internal;

import org.jspecify.annotations.Nullable;

/**
 * Reads the base of the rotary angles from the old and the new keys, and refuses every scaling.
 *
 * <p>Old: {@code rope_theta} and {@code rope_scaling}; 5.x: {@code rope_parameters} with {@code
 * rope_theta} and {@code rope_type}.
 */
final class RopeReader {
  private final ConfigObject json;

  RopeReader(ConfigObject json) {
    this.json = json;
  }

  double theta() {
    double theta = json.positive("rope_theta", DecoderDefaults.ROPE_THETA);
    refusePartialRotation(json);
    refuseScaling(json.object("rope_scaling"));
    ConfigObject parameters = json.object("rope_parameters");
    refuseScaling(parameters);
    if (parameters == null || !parameters.has("rope_theta")) {
      return theta;
    }
    double nested = parameters.positive("rope_theta", theta);
    if (json.has("rope_theta") && nested != theta) {
      throw parameters.unsupported(
          "rope_theta", "the same value as rope_theta beside it, which is " + theta);
    }
    return nested;
  }

  private static void refuseScaling(@Nullable ConfigObject rope) {
    if (rope == null) {
      return;
    }
    for (String key : new String[] {"rope_type", "type"}) {
      String type = rope.string(key);
      if (type != null && !type.equals("default")) {
        throw rope.unsupported(key, "'default': scaled rotary embeddings are not supported");
      }
    }
    refusePartialRotation(rope);
  }

  private static void refusePartialRotation(ConfigObject rope) {
    if (rope.positive("partial_rotary_factor", 1) != 1) {
      throw rope.unsupported("partial_rotary_factor", "1: the whole head is rotated");
    }
  }
}
