package io.github.llavamed.onnx.internal.model;

/** Names of the vision graph's input and outputs, shared by its writer and its runner. */
public final class VisionNames {
  /** Input: one preprocessed image, float // [1, 3, height, width]. */
  public static final String PIXEL_VALUES = "pixel_values";

  /** Output: the selected layer, float // [1, p, vision]. */
  public static final String IMAGE_FEATURES = "image_features";

  /** Output: the projected features, float // [1, p, c]. */
  public static final String PROJECTED = "projected";

  private VisionNames() {}

  /** Returns the output of a hidden state, where the graph exposes them // [1, n, vision]. */
  public static String hiddenState(int index) {
    return "hidden_states." + index;
  }
}
