package io.github.llavamed.onnx.internal.runtime;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import io.github.llavamed.onnx.internal.model.DecoderNames;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import java.nio.LongBuffer;
import java.util.HashMap;
import java.util.Map;

/**
 * Everything that goes into a run of one row for each of {@code n} sequences and comes out of it,
 * kept from run to run: after a pass over all weights the caches are cold, and making tensors and
 * maps anew is what Java would spend most of a token on.
 *
 * <p>Confined to one thread at a time; the owner closes it.
 */
final class StepTensors implements AutoCloseable {
  private final IntBuffer seqlensK; // [n]
  private final IntBuffer totalLength = direct(1, Integer.BYTES).asIntBuffer(); // [1]
  private final LongBuffer firstLogitRow = direct(1, Long.BYTES).asLongBuffer(); // [1]
  private final FloatBuffer rows; // [n, 1, c]
  private final FloatBuffer logits; // [n, 1, v]
  private final int vocabSize;
  private final Map<String, OnnxTensor> inputs = new HashMap<>();
  private final Map<String, OnnxTensor> present = new HashMap<>();
  private final Map<String, OnnxTensor> outputs = new HashMap<>();

  /** Makes the tensors of {@code n} sequences, the cache's still missing. */
  StepTensors(DecoderShape shape, int n) {
    vocabSize = shape.vocabSize();
    seqlensK = direct(n, Integer.BYTES).asIntBuffer();
    rows = direct(Math.multiplyExact(n, shape.hiddenSize()), Float.BYTES).asFloatBuffer();
    logits = direct(Math.multiplyExact(n, vocabSize), Float.BYTES).asFloatBuffer();
    OrtEnvironment environment = OrtSessions.environment();
    OrtSessions.call(
        "making the tensors of a run",
        () -> {
          long[] one = {1};
          inputs.put(
              DecoderNames.SEQLENS_K,
              OnnxTensor.createTensor(environment, seqlensK, new long[] {n}));
          inputs.put(
              DecoderNames.TOTAL_SEQUENCE_LENGTH,
              OnnxTensor.createTensor(environment, totalLength, one));
          inputs.put(
              DecoderNames.FIRST_LOGIT_ROW,
              OnnxTensor.createTensor(environment, firstLogitRow, one));
          inputs.put(
              DecoderNames.INPUTS_EMBEDS,
              OnnxTensor.createTensor(environment, rows, new long[] {n, 1, shape.hiddenSize()}));
          outputs.put(
              DecoderNames.LOGITS,
              OnnxTensor.createTensor(environment, logits, new long[] {n, 1, vocabSize}));
          return true;
        });
  }

  private static ByteBuffer direct(int elements, int elementBytes) {
    return ByteBuffer.allocateDirect(Math.multiplyExact(elements, elementBytes))
        .order(ByteOrder.nativeOrder());
  }

  /** Adds a tensor of the cache, from now on owned here, that is read and written in place. */
  void addCache(String pastName, String presentName, OnnxTensor tensor) {
    inputs.put(pastName, tensor);
    present.put(presentName, tensor);
    outputs.put(presentName, tensor);
  }

  /** Returns the outputs of the cache alone. */
  Map<String, OnnxTensor> present() {
    return present;
  }

  /** Returns all inputs of a run of one row. */
  Map<String, OnnxTensor> inputs() {
    return inputs;
  }

  /** Returns the inputs of a run of other rows; the caller closes that tensor. */
  Map<String, OnnxTensor> inputs(OnnxTensor embeds) {
    Map<String, OnnxTensor> others = new HashMap<>(inputs);
    others.put(DecoderNames.INPUTS_EMBEDS, embeds);
    return others;
  }

  /** Returns all outputs of a run of which one row of logits is wanted for each sequence. */
  Map<String, OnnxTensor> outputs() {
    return outputs;
  }

  /**
   * Sets the counts of the next run.
   *
   * @param lengths positions filled before it, by sequence // [n]
   * @param rowCount rows of each sequence
   * @param firstRow first of them whose logits are wanted
   */
  void setCounts(int[] lengths, int rowCount, int firstRow) {
    int longest = 0;
    for (int i = 0; i < lengths.length; i++) {
      seqlensK.put(i, lengths[i] + rowCount - 1);
      longest = Math.max(longest, lengths[i] + rowCount);
    }
    totalLength.put(0, longest);
    firstLogitRow.put(0, firstRow);
  }

  /** Returns the rows of the next run of one row, from the beginning. // [n, c] */
  FloatBuffer rows() {
    return rows.clear();
  }

  /**
   * Copies the logits that the last run left for a sequence.
   *
   * @param target receives them // [v]
   */
  void readLogits(int sequence, float[] target) {
    logits.get(sequence * vocabSize, target, 0, vocabSize);
  }

  @Override
  public void close() {
    inputs.values().forEach(OnnxTensor::close); // The cache's are the same in the outputs.
    OnnxTensor logitsTensor = outputs.get(DecoderNames.LOGITS);
    if (logitsTensor != null) {
      logitsTensor.close();
    }
  }
}
