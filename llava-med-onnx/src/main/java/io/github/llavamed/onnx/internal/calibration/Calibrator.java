package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.config.LanguageModelConfig;
import io.github.llavamed.onnx.internal.calibration.Calibration.Reference;
import io.github.llavamed.onnx.internal.model.DecoderNames;
import io.github.llavamed.onnx.internal.model.DecoderShape;
import io.github.llavamed.onnx.internal.model.InputTreatment;
import io.github.llavamed.onnx.internal.model.ModelTensors;
import io.github.llavamed.onnx.quantization.QuantizationConfig;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Measures a decoder in float32 over a few prompts, layer by layer. */
public final class Calibrator {
  private final LanguageModelConfig model;
  private final DecoderShape shape;
  private final ModelTensors tensors;
  private final QuantizationConfig config;

  /** Creates a calibrator of one decoder. */
  public Calibrator(
      LanguageModelConfig model,
      DecoderShape shape,
      ModelTensors tensors,
      QuantizationConfig config) {
    this.model = model;
    this.shape = shape;
    this.tensors = tensors;
    this.config = config;
  }

  /** Runs the prompts; without measured ones only the reference is kept. */
  public Calibration run(CalibrationPrompts offered) {
    int longest = Math.min(shape.positions(), PromptIds.LENGTH);
    CalibrationPrompts prompts = offered.cutTo(longest * shape.hiddenSize());
    List<float[]> all = new ArrayList<>(prompts.measured());
    all.addAll(prompts.heldOut());
    Measurement measurement = new Measurement(prompts.measured().size());
    List<float[]> logits =
        new StreamedDecoder(model, shape, tensors, Runtime.getRuntime().availableProcessors())
            .run(all, measurement);
    int measured = prompts.measured().size();
    return new Calibration(
        measurement.inputs,
        measurement.meanSquares,
        new Reference(
            prompts.heldOut(), measurement.states, logits.subList(measured, logits.size())),
        prompts.source());
  }

  /** Collects what is kept of a run. */
  private final class Measurement implements StreamedDecoder.Observer {
    private final int measured;
    private final Map<String, InputTreatment> inputs = new HashMap<>();
    private final Map<String, float[]> meanSquares = new HashMap<>();
    private final List<List<float[]>> states = new ArrayList<>();

    Measurement(int measured) {
      this.measured = measured;
    }

    @Override
    public void productInput(String name, int width, List<float[]> rowsByPrompt) {
      if (measured == 0) {
        return;
      }
      List<float[]> rows = rowsByPrompt.subList(0, measured);
      int layer = states.size();
      boolean heads = name.equals(DecoderNames.attentionHeads(layer));
      ChannelChoice choice =
          heads
              ? ChannelChoice.sharedValues(
                  model.numAttentionHeads(), shape.keyValueHeads(), shape.headWidth())
              : ChannelChoice.independent(width);
      int count = count(name, layer);
      inputs.put(name, new InputTreatment(choice.choose(rows, count)));
      meanSquares.put(name, meanSquares(rows, width));
    }

    private int count(String name, int layer) {
      if (name.equals(DecoderNames.attentionHeads(layer))) {
        return config.outlierChannels() * shape.keyValueHeads() / model.numAttentionHeads();
      }
      return name.equals(DecoderNames.mlpProduct(layer))
          ? config.gatedOutlierChannels()
          : config.outlierChannels();
    }

    @Override
    public void state(int layer, List<float[]> statesByPrompt) {
      states.add(List.copyOf(statesByPrompt.subList(measured, statesByPrompt.size())));
    }
  }

  /** Returns mean squares, each row taken relative to its own mean square. */
  private static float[] meanSquares(List<float[]> rowsByPrompt, int width) {
    double[] sums = new double[width];
    for (float[] rows : rowsByPrompt) {
      for (int first = 0; first < rows.length; first += width) {
        double sum = Double.MIN_NORMAL;
        for (int c = 0; c < width; c++) {
          sum += (double) rows[first + c] * rows[first + c];
        }
        for (int c = 0; c < width; c++) {
          sums[c] += (double) rows[first + c] * rows[first + c] / sum;
        }
      }
    }
    float[] means = new float[width];
    for (int c = 0; c < width; c++) {
      means[c] = (float) sums[c];
    }
    return means;
  }
}
