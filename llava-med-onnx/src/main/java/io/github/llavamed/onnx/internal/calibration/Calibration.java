package io.github.llavamed.onnx.internal.calibration;

import io.github.llavamed.onnx.internal.model.InputTreatment;
import java.util.List;
import java.util.Map;

/**
 * What a float32 run over a few prompts says about a decoder.
 *
 * @param inputs which channels are to be kept in float, by the name of a product's input
 * @param meanSquares mean square of each input channel by the name of the product's input
 * @param reference what the held-out prompts became in float32
 * @param prompts where the prompts came from, for reports
 */
public record Calibration(
    Map<String, InputTreatment> inputs,
    Map<String, float[]> meanSquares,
    Reference reference,
    String prompts) {
  /**
   * Held-out prompts in float32.
   *
   * @param embeds one prompt each // [s, c]
   * @param states by layer, then by prompt: the outputs of the layers // [s, c] each
   * @param logits one prompt each // [s, v]
   */
  public record Reference(List<float[]> embeds, List<List<float[]>> states, List<float[]> logits) {}
}
