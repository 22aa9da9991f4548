package io.github.llavamed.inference;

import io.github.llavamed.config.LlavaConfig;
import java.nio.file.Path;

/**
 * What a backend needs of a model.
 *
 * @param directory the checkpoint directory
 * @param config the configuration, checked
 * @param weights the weights under canonical names
 * @param weightsHash SHA-256 over names, types, shapes, sizes and contents' samples of the weights,
 *     lower-case hex: changes when the files change, cheap enough to compute on each load
 */
public record ModelArtifacts(
    Path directory, LlavaConfig config, ModelWeights weights, String weightsHash) {}
