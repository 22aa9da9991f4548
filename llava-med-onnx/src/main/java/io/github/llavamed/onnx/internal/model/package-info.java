/** The ONNX graphs of the vision tower, the projector and the decoder. */
@NullMarked
package io.github.llavamed.onnx.internal.model;

import org.jspecify.annotations.NullMarked;
