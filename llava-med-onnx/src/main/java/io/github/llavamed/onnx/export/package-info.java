/**
 * Writes a model as ONNX graphs, and finds graphs written before.
 *
 * <p>Main type: {@link io.github.llavamed.onnx.export.OnnxExporter}.
 */
@NullMarked
package io.github.llavamed.onnx.export;

import org.jspecify.annotations.NullMarked;
