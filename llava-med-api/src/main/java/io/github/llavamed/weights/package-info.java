/**
 * Tools that change weights: the rows of new tokens, and what else makes one checkpoint of another.
 *
 * <p>{@link io.github.llavamed.weights.DeltaWeights}, {@link
 * io.github.llavamed.weights.Consolidation}, {@link io.github.llavamed.weights.ProjectorExtraction}
 * and {@link io.github.llavamed.weights.LoraMerge} turn model directories into others, streaming:
 *
 * <pre>{@code
 * WeightsOptions options = WeightsOptions.builder().verify(true).build();
 * WeightsReport report = DeltaWeights.apply(llama7b, delta, target, options);
 * report.notFinite().forEach(tensor -> warn(tensor.name()));
 * }</pre>
 *
 * <p>{@link io.github.llavamed.weights.VocabularyInitializer} does what the originals do before
 * training:
 *
 * <pre>{@code
 * VocabularyInitialization made =
 *     new VocabularyInitializer(VocabularyOptions.v10(true), NewRows.normal(0.02, seed))
 *         .initialize(embedding, lmHead, tokenizer.size(), Map.of());
 * int patchId = made.tokenIds().get("<im_patch>");
 * FloatMatrix rows = made.embedding(); // [v, c]
 * }</pre>
 */
@NullMarked
package io.github.llavamed.weights;

import org.jspecify.annotations.NullMarked;
