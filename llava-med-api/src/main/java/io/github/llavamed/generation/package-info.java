/**
 * Logits to next token to text: the generation loop and its parts.
 *
 * <p>{@link io.github.llavamed.generation.GenerationConfig} says how to generate, {@link
 * io.github.llavamed.generation.TextGenerator} takes or draws one token after the other, {@link
 * io.github.llavamed.generation.BeamSearch} follows several beginnings, {@link
 * io.github.llavamed.generation.ChoiceScorer} compares given answers.
 *
 * <pre>{@code
 * GenerationConfig config =
 *     GenerationConfig.builder().temperature(0.2).topP(0.9).seed(7).maxNewTokens(64).build();
 * GenerationResult result =
 *     model.generate(GenerationRequest.question(text).images(image).config(config).build());
 * }</pre>
 */
@NullMarked
package io.github.llavamed.generation;

import org.jspecify.annotations.NullMarked;
