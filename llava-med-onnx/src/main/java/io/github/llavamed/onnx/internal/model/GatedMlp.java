package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.config.Activation;
import io.github.llavamed.onnx.internal.graph.RowSource;

/**
 * The gated MLP of a decoder layer: {@code down(activation(gate(x)) · up(x))}.
 *
 * @param product name of the value that enters {@code down}
 * @param gate weights // [i, c]
 * @param up weights // [i, c]
 * @param down weights // [c, i]
 * @param activation applied to the gate
 */
public record GatedMlp(
    String product, RowSource gate, RowSource up, RowSource down, Activation activation) {}
