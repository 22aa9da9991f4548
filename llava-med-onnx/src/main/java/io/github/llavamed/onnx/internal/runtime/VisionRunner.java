package io.github.llavamed.onnx.internal.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtSession;
import io.github.llavamed.config.LlavaConfig;
import io.github.llavamed.image.PixelValues;
import io.github.llavamed.inference.WeightPlacement;
import io.github.llavamed.onnx.internal.model.VisionNames;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The loaded vision graph.
 *
 * <p>Safe for concurrent use. The owner closes it when no run is under way.
 */
final class VisionRunner implements AutoCloseable {
  private static final Set<String> PROJECTED = Set.of(VisionNames.PROJECTED);
  private static final Set<String> BOTH = Set.of(VisionNames.IMAGE_FEATURES, VisionNames.PROJECTED);

  private final OrtSession session;
  private final int imageSize;

  private VisionRunner(OrtSession session, int imageSize) {
    this.session = session;
    this.imageSize = imageSize;
  }

  /** Loads the graph; the caller closes the result. */
  static VisionRunner open(Path model, LlavaConfig config, int threads, WeightPlacement placement) {
    return new VisionRunner(
        OrtSessions.open(model, threads, true, placement), config.visionTower().imageSize());
  }

  /**
   * What the graph computes for an image.
   *
   * @param imageFeatures the selected layer // [p, vision]
   * @param projected the projector's output // [p, c]
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Encoded(float[] imageFeatures, float[] projected) {}

  /** Returns the projected features of an image. // [p, c] */
  float[] project(PixelValues image) {
    return run(image, PROJECTED).projected();
  }

  /** Returns features before and after the projector. */
  Encoded encode(PixelValues image) {
    return run(image, BOTH);
  }

  private Encoded run(PixelValues image, Set<String> outputs) {
    if (image.channels() != 3 || image.height() != imageSize || image.width() != imageSize) {
      throw new IllegalArgumentException(
          "pixel values: the vision tower takes 3 x %d x %d, found %d x %d x %d"
              .formatted(imageSize, imageSize, image.channels(), image.height(), image.width()));
    }
    FloatBuffer pixels =
        ByteBuffer.allocateDirect(Math.multiplyExact(image.values().length, Float.BYTES))
            .order(ByteOrder.nativeOrder())
            .asFloatBuffer()
            .put(image.values())
            .flip();
    long[] dims = {1, 3, imageSize, imageSize};
    return OrtSessions.call(
        "running the vision tower",
        () -> {
          try (OnnxTensor x = OnnxTensor.createTensor(OrtSessions.environment(), pixels, dims);
              OrtSession.Result result =
                  session.run(Map.of(VisionNames.PIXEL_VALUES, x), outputs)) {
            float[] features =
                outputs.contains(VisionNames.IMAGE_FEATURES)
                    ? OrtSessions.floats(result, VisionNames.IMAGE_FEATURES)
                    : new float[0];
            return new Encoded(features, OrtSessions.floats(result, VisionNames.PROJECTED));
          }
        });
  }

  @Override
  public void close() {
    OrtSessions.call(
        "closing the vision tower",
        () -> {
          session.close();
          return true;
        });
  }
}
