package io.github.llavamed.onnx.internal.model;

/**
 * A value that enters a matrix product.
 *
 * @param name its name in the graph
 * @param width its channels
 * @param folded whether the weights that produce it can scale its channels
 */
public record ProductInput(String name, int width, boolean folded) {}
