/** Runs a decoder layer by layer in float32 to learn which channels and weights matter. */
@NullMarked
package io.github.llavamed.onnx.internal.calibration;

import org.jspecify.annotations.NullMarked;
