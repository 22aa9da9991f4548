/** A typed builder of ONNX graphs whose large weights stream into an external data file. */
@NullMarked
package io.github.llavamed.onnx.internal.graph;

import org.jspecify.annotations.NullMarked;
