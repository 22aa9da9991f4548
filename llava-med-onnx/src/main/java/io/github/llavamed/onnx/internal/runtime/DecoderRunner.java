package io.github.llavamed.onnx.internal.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxTensorLike;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.github.llavamed.onnx.internal.model.DecoderNames;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;

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
   * @param prepacked whether to load it by way of a prepacked copy beside it
   */
  static DecoderRunner open(Path model, DecoderShape shape, int threads, boolean prepacked) {
    OrtSession session =
        prepacked ? PrepackedModel.open(model, threads) : OrtSessions.open(model, threads, false);
    return new DecoderRunner(session, shape);
  }

  /** Returns the sizes of the decoder. */
  DecoderShape shape() {
    return shape;
  }

  /**
   * Runs rows through the decoder and writes their keys and values into the cache.
   *
   * @param cache room for {@code position + rows} positions, {@code position} of them filled
   * @param embeds a direct buffer whose remaining floats are the rows // [rows, c]
   * @param position positions filled before this run
   * @param rows number of rows, ≥ 1
   * @param firstLogitRow first row whose logits are wanted, below {@code rows}
   * @param clock adds up the time of the runtime's call
   * @return logits of the wanted rows // [rows - firstLogitRow, v]
   */
  float[] run(
      KvStorage cache,
      FloatBuffer embeds,
      int position,
      int rows,
      int firstLogitRow,
      RunClock clock) {
    return call(
        cache,
        embeds,
        new int[] {position},
        rows,
        firstLogitRow,
        clock,
        result -> OrtSessions.floats(result, DecoderNames.LOGITS));
  }

  /**
   * Runs one row of each of several sequences through the decoder and writes their keys and values
   * into the first slots of the cache.
   *
   * @param cache room for one more position than the longest sequence has
   * @param embeds a direct buffer whose remaining floats are the rows // [n, c]
   * @param lengths positions filled before this run, by slot // [n]
   * @param clock adds up the time of the runtime's call
   * @return logits by slot // [n, v]
   */
  float[][] step(KvStorage cache, FloatBuffer embeds, int[] lengths, RunClock clock) {
    return call(
        cache,
        embeds,
        lengths,
        1,
        0,
        clock,
        result -> OrtSessions.rows(result, DecoderNames.LOGITS, shape.vocabSize()));
  }

  private <T> T call(
      KvStorage cache,
      FloatBuffer embeds,
      int[] lengths,
      int rows,
      int firstLogitRow,
      RunClock clock,
      Function<OrtSession.Result, T> read) {
    OrtEnvironment environment = OrtSessions.environment();
    KvStorage.Tensors tensors = cache.tensors(lengths.length);
    int[] last = Arrays.stream(lengths).map(length -> length + rows - 1).toArray(); // [n]
    int longest = Arrays.stream(last).max().orElseThrow() + 1;
    return OrtSessions.call(
        "running the decoder",
        () -> {
          try (OnnxTensor x =
                  OnnxTensor.createTensor(
                      environment, embeds, new long[] {lengths.length, rows, shape.hiddenSize()});
              OnnxTensor seqlensK = intTensor(environment, last);
              OnnxTensor totalLength = intTensor(environment, longest);
              OnnxTensor firstRow = longTensor(environment, firstLogitRow)) {
            Map<String, OnnxTensorLike> inputs = new HashMap<>(tensors.past());
            inputs.put(DecoderNames.INPUTS_EMBEDS, x);
            inputs.put(DecoderNames.SEQLENS_K, seqlensK);
            inputs.put(DecoderNames.TOTAL_SEQUENCE_LENGTH, totalLength);
            inputs.put(DecoderNames.FIRST_LOGIT_ROW, firstRow);
            long start = System.nanoTime();
            try (OrtSession.Result result = session.run(inputs, LOGITS, tensors.present())) {
              clock.addSince(start);
              return read.apply(result);
            }
          }
        });
  }

  private static OnnxTensor intTensor(OrtEnvironment environment, int... values)
      throws OrtException {
    return OnnxTensor.createTensor(environment, IntBuffer.wrap(values), new long[] {values.length});
  }

  private static OnnxTensor longTensor(OrtEnvironment environment, long value) throws OrtException {
    return OnnxTensor.createTensor(
        environment, LongBuffer.wrap(new long[] {value}), new long[] {1});
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
