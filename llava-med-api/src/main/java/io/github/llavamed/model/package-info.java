/**
 * A checkpoint directory of any family, opened as what a backend needs.
 *
 * <p>{@link io.github.llavamed.model.ModelLoader} opens or refuses, {@link
 * io.github.llavamed.model.ModelInspection} only looks:
 *
 * <pre>{@code
 * try (LoadedModel model = ModelLoader.load(directory, LoadOptions.defaults())) {
 *   ModelArtifacts artifacts = model.artifacts(); // config, weights, hash
 *   log.info("tower: {}, tensors: {}", model.visionTower().reason(), model.report());
 * }
 * }</pre>
 */
@NullMarked
package io.github.llavamed.model;

import org.jspecify.annotations.NullMarked;
