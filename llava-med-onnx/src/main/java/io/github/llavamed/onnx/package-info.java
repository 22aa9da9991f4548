/**
 * Inference on ONNX Runtime; the graphs are written from Java.
 *
 * <p>Main type: {@link io.github.llavamed.onnx.OnnxCpuProvider}.
 */
@NullMarked
package io.github.llavamed.onnx;

import org.jspecify.annotations.NullMarked;
