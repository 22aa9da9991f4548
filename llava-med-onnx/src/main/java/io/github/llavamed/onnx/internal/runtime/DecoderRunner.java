package io.github.llavamed.onnx.internal.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.llavamed.onnx.internal.model.DecoderNames;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * The loaded decoder graph, shared by all sessions.
 *
 * <p>Safe for concurrent use with different caches. The owner closes it when no run is under way.
 */
final class DecoderRunner implements AutoCloseable {
  private static final Set<String> LOGITS = Set.of(DecoderNames.LOGITS);

  private final OrtSession session;
  private final DecoderShape shape;

  private DecoderRunner(OrtSession session, DecoderShape shape) {
    this.session = session;
    this.shape = shape;
  }

  /**
   * Loads the graph; the caller closes the result.
   *
   * @param form in which the runtime gets the weights
   */
  static DecoderRunner open(Path model, DecoderShape shape, int threads, WeightForm form) {
    return new DecoderRunner(form.open(model, threads), shape);
  }

  /** Returns the sizes of the decoder. */
  DecoderShape shape() {
    return shape;
  }

  /**
   * Runs rows through the decoder, writes their keys and values into the first slot of the cache
   * and leaves the logits of the last row in its {@link StepTensors}.
   *
   * @param cache room for {@code position + rows} positions, {@code position} of them filled
   * @param embeds a direct buffer whose remaining floats are the rows // [rows, c]
   * @param position positions filled before this run
   * @param rows number of rows, ≥ 1
   * @param clock adds up the time of the runtime's call
   */
  void run(KvStorage cache, FloatBuffer embeds, int position, int rows, RunClock clock) {
    StepTensors tensors = cache.tensors(1);
    tensors.setCounts(new int[] {position}, rows, rows - 1);
    OrtSessions.call(
        "running the decoder",
        () -> {
          try (OnnxTensor x = rows(embeds, rows)) {
            run(tensors.inputs(x), tensors.outputs(), clock);
            return true;
          }
        });
  }

  /**
   * Runs one row of each of several sequences, which stand in the cache's {@link StepTensors},
   * writes their keys and values into the first slots of the cache and leaves their logits in the
   * same place.
   *
   * @param cache room for one more position than the longest sequence has
   * @param lengths positions filled before this run, by slot // [n]
   * @param clock adds up the time of the runtime's call
   */
  void step(KvStorage cache, int[] lengths, RunClock clock) {
    StepTensors tensors = cache.tensors(lengths.length);
    tensors.setCounts(lengths, 1, 0);
    OrtSessions.call(
        "running the decoder",
        () -> {
          run(tensors.inputs(), tensors.outputs(), clock);
          return true;
        });
  }

  private void run(Map<String, OnnxTensor> inputs, Map<String, OnnxTensor> outputs, RunClock clock)
      throws OrtException {
    long start = System.nanoTime();
    session.run(inputs, Set.of(), outputs).close();
    clock.addSince(start);
  }

  /**
   * Runs rows as {@link #run} does and returns the logits of every one. // [rows, v]
   *
   * @param cache room for {@code position + rows} positions, {@code position} of them filled
   * @param embeds a direct buffer whose remaining floats are the rows // [rows, c]
   */
  float[] runForAll(KvStorage cache, FloatBuffer embeds, int position, int rows) {
    StepTensors tensors = cache.tensors(1);
    tensors.setCounts(new int[] {position}, rows, 0);
    return OrtSessions.call(
        "running the decoder",
        () -> {
          try (OnnxTensor x = rows(embeds, rows);
              OrtSession.Result result =
                  session.run(tensors.inputs(x), LOGITS, tensors.present())) {
            return OrtSessions.floats(result, DecoderNames.LOGITS);
          }
        });
  }

  private OnnxTensor rows(FloatBuffer embeds, int rows) throws OrtException {
    return OnnxTensor.createTensor(
        OrtSessions.environment(), embeds, new long[] {1, rows, shape.hiddenSize()});
  }

  @Override
  public void close() {
    OrtSessions.call(
        "closing the decoder",
        () -> {
          session.close();
          return true;
        });
  }
}
