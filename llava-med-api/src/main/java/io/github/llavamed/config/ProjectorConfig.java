package io.github.llavamed.config;

/**
 * The projector from the tower's width to the decoder's.
 *
 * <p>{@code depth} linear layers with {@code activation} between them; depth 0 is the identity.
 *
 * @param typeName the configuration's word: {@code linear}, {@code mlp2x_gelu}, {@code identity} …
 * @param depth number of linear layers
 * @param inputSize width of the tower's features
 * @param outputSize width of the decoder
 * @param bias whether the linear layers have biases
 * @param activation what stands between two linear layers
 */
public record ProjectorConfig(
    String typeName,
    int depth,
    int inputSize,
    int outputSize,
    boolean bias,
    Activation activation) {}
