package io.github.llavamed.onnx.internal.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import io.github.llavamed.error.LlavaMedException;
import io.github.llavamed.inference.WeightPlacement;
import java.nio.FloatBuffer;
import java.nio.file.Path;

/** Opens runtime sessions and turns the runtime's exceptions into ours. */
public final class OrtSessions {
  private OrtSessions() {}

  /** A call into the runtime. */
  interface OrtCall<T> {
    T call() throws OrtException;
  }

  /** Returns the version of the runtime; loads its native library. */
  public static String version() {
    return environment().getVersion();
  }

  /** Returns the process-wide environment, which the runtime itself keeps and never closes. */
  static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment();
  }

  /**
   * Opens a session on the CPU; the caller closes it.
   *
   * @param model the graph
   * @param threads worker threads, ≥ 1
   */
  static OrtSession open(Path model, int threads) {
    return open(model, threads, false, WeightPlacement.PACKED);
  }

  /**
   * Opens a session on the CPU; the caller closes it.
   *
   * @param model the graph
   * @param threads worker threads, ≥ 1
   * @param fixedShapes whether every run has the same shapes, so that the runtime may remember one
   *     plan of memory
   * @param placement where the weights are kept
   */
  static OrtSession open(Path model, int threads, boolean fixedShapes, WeightPlacement placement) {
    return call(
        "loading " + model,
        () -> {
          try (OrtSession.SessionOptions options = options(threads, fixedShapes)) {
            if (placement == WeightPlacement.MAPPED) {
              options.addConfigEntry("session.disable_prepacking", "1");
            }
            return environment().createSession(model.toString(), options);
          }
        });
  }

  /**
   * Opens a session on the CPU for a graph that holds all its weights; the caller closes it.
   *
   * @param threads worker threads, ≥ 1
   */
  static OrtSession open(byte[] model, int threads) {
    return call(
        "loading a graph",
        () -> {
          try (OrtSession.SessionOptions options = options(threads, false)) {
            return environment().createSession(model, options);
          }
        });
  }

  /** Returns the settings of all sessions; the caller closes them. */
  static OrtSession.SessionOptions options(int threads, boolean fixedShapes) throws OrtException {
    OrtSession.SessionOptions options = new OrtSession.SessionOptions();
    options.setIntraOpNumThreads(threads);
    options.setInterOpNumThreads(1);
    options.setMemoryPatternOptimization(fixedShapes);
    options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
    // Else the workers of one session spin on for some 35 ms, while the next session wants the
    // cores.
    options.addConfigEntry("session.force_spinning_stop", "1");
    return options;
  }

  /** Runs a call and wraps what the runtime throws. */
  static <T> T call(String what, OrtCall<T> call) {
    try {
      return call.call();
    } catch (OrtException e) {
      throw new LlavaMedException("ONNX Runtime failed " + what + ": " + e.getMessage(), e);
    }
  }

  private static FloatBuffer buffer(OrtSession.Result result, String output) {
    OnnxTensor tensor =
        (OnnxTensor)
            result
                .get(output)
                .orElseThrow(() -> new LlavaMedException("graph without output " + output));
    return tensor.getFloatBuffer();
  }

  /** Returns the values of a float output as a new array. */
  static float[] floats(OrtSession.Result result, String output) {
    FloatBuffer buffer = buffer(result, output); // A copy already.
    if (buffer.hasArray() && buffer.array().length == buffer.remaining()) {
      return buffer.array();
    }
    float[] values = new float[buffer.remaining()];
    buffer.get(values);
    return values;
  }
}
