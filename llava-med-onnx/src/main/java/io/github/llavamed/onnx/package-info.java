/** Inference on ONNX Runtime; the graphs are written from Java. */
@NullMarked
package io.github.llavamed.onnx;

import org.jspecify.annotations.NullMarked;
