/**
 * Logits to next token to text: the generation loop and its parts.
 *
 * <p>{@link io.github.llavamed.generation.GenerationConfig} says how to generate, {@link
 * io.github.llavamed.generation.GenerationResult} what came out, {@link
 * io.github.llavamed.generation.TextGenerator} is the loop itself:
 *
 * <pre>{@code
 * GenerationConfig config = GenerationConfig.builder().maxNewTokens(64).stopStrings("###").build();
 * GenerationResult result =
 *     model.generate(GenerationRequest.prompt(prompt).images(image).config(config).build());
 * log.info("{} ({}): {}", result.finishReason().id(), result.usage(), result.text());
 * }</pre>
 */
@NullMarked
package io.github.llavamed.generation;

import org.jspecify.annotations.NullMarked;
