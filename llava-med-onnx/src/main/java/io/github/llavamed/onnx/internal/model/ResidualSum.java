package io.github.llavamed.onnx.internal.model;

import io.github.llavamed.onnx.internal.graph.RowSource;
import io.github.llavamed.onnx.internal.graph.Value;

/**
 * The sum of a state and an affine map that is not in the graph yet, so that it can be added
 * together with what follows.
 *
 * @param name name of the sum
 * @param state // [1, n, w]
 * @param mapName name of the map
 * @param product the map without its bias // [1, n, w]
 * @param bias one row // [w]
 */
record ResidualSum(String name, Value state, String mapName, Value product, RowSource bias) {}
