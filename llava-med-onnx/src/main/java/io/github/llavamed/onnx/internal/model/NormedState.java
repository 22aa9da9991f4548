package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.Value;

/**
 * A hidden state of a tower and its norm.
 *
 * @param state // [1, n, w]
 * @param normed // [1, n, w]
 */
record NormedState(Value state, Value normed) {}
