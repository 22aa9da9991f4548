/**
 * Rounds weights to few bits, row by row.
 *
 * <p>Main types: {@link io.github.llavamed.onnx.quantization.Int8Rows} and {@link
 * io.github.llavamed.onnx.quantization.Int4Blocks}; {@link
 * io.github.llavamed.onnx.quantization.QuantizationConfig} holds the settings.
 */
@NullMarked
package io.github.llavamed.onnx.quantization;

import org.jspecify.annotations.NullMarked;
